//! The numbers of rpm's formats: tags, types, flags (`lib/rpmtag.h`, `lib/rpmds.h`,
//! `lib/rpmfiles.h` of rpm 4.14.3).

use crate::package::{Phase, Relation, TriggerEvent, TriggerFamily};

/// The types of header entries, by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing.
    Null,
    /// Characters.
    Char,
    /// 8-bit numbers.
    Int8,
    /// 16-bit numbers.
    Int16,
    /// 32-bit numbers.
    Int32,
    /// 64-bit numbers.
    Int64,
    /// One string that ends with a NUL.
    String,
    /// Bytes.
    Binary,
    /// Strings that each end with a NUL.
    StringArray,
    /// One string a locale.
    I18nString,
}

impl Type {
    /// The type of a number, if it is one.
    pub fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Type::Null,
            1 => Type::Char,
            2 => Type::Int8,
            3 => Type::Int16,
            4 => Type::Int32,
            5 => Type::Int64,
            6 => Type::String,
            7 => Type::Binary,
            8 => Type::StringArray,
            9 => Type::I18nString,
            _ => return None,
        })
    }

    /// What an entry's offset must be a multiple of, which is the size of one item too.
    pub fn alignment(self) -> usize {
        match self {
            Type::Int16 => 2,
            Type::Int32 => 4,
            Type::Int64 => 8,
            _ => 1,
        }
    }

    /// Whether its length is found by looking for NUL bytes.
    pub fn is_text(self) -> bool {
        matches!(self, Type::String | Type::StringArray | Type::I18nString)
    }
}

macro_rules! tags {
    ($($name:ident = $number:expr, $doc:literal;)*) => {
        $(#[doc = $doc] pub const $name: u32 = $number;)*
    };
}

tags! {
    HEADER_SIGNATURES = 62, "The region of a signature header.";
    HEADER_IMMUTABLE = 63, "The region of a main header.";
    HEADER_I18N_TABLE = 100, "The locales of translated strings.";
    NAME = 1000, "`NAME`";
    VERSION = 1001, "`VERSION`";
    RELEASE = 1002, "`RELEASE`";
    EPOCH = 1003, "`EPOCH`";
    SUMMARY = 1004, "`SUMMARY`";
    DESCRIPTION = 1005, "`DESCRIPTION`";
    BUILD_TIME = 1006, "`BUILDTIME`, seconds since 1970";
    BUILD_HOST = 1007, "`BUILDHOST`";
    SIZE = 1009, "`SIZE`, bytes of all regular files";
    VENDOR = 1011, "`VENDOR`";
    LICENSE = 1014, "`LICENSE`";
    PACKAGER = 1015, "`PACKAGER`";
    GROUP = 1016, "`GROUP`";
    SOURCE = 1018, "`SOURCE`, the names of a source package's sources";
    URL = 1020, "`URL`";
    OS = 1021, "`OS`";
    ARCH = 1022, "`ARCH`";
    PREIN = 1023, "`PREIN`, the text of %pre";
    POSTIN = 1024, "`POSTIN`, the text of %post";
    PREUN = 1025, "`PREUN`, the text of %preun";
    POSTUN = 1026, "`POSTUN`, the text of %postun";
    FILE_SIZES = 1028, "`FILESIZES`, bytes";
    FILE_MODES = 1030, "`FILEMODES` with the type of file";
    FILE_RDEVS = 1033, "`FILERDEVS`";
    FILE_MTIMES = 1034, "`FILEMTIMES`, seconds since 1970";
    FILE_DIGESTS = 1035, "`FILEDIGESTS`, hexadecimal";
    FILE_LINKTOS = 1036, "`FILELINKTOS`";
    FILE_FLAGS = 1037, "`FILEFLAGS`";
    FILE_USERNAME = 1039, "`FILEUSERNAME`";
    FILE_GROUPNAME = 1040, "`FILEGROUPNAME`";
    SOURCE_RPM = 1044, "`SOURCERPM`; rpm takes a package without it for a source package";
    FILE_VERIFYFLAGS = 1045, "`FILEVERIFYFLAGS`";
    PROVIDE_NAME = 1047, "`PROVIDENAME`";
    REQUIRE_FLAGS = 1048, "`REQUIREFLAGS`";
    REQUIRE_NAME = 1049, "`REQUIRENAME`";
    REQUIRE_VERSION = 1050, "`REQUIREVERSION`";
    CONFLICT_FLAGS = 1053, "`CONFLICTFLAGS`";
    CONFLICT_NAME = 1054, "`CONFLICTNAME`";
    CONFLICT_VERSION = 1055, "`CONFLICTVERSION`";
    RPM_VERSION = 1064, "`RPMVERSION`, of the program that built the package";
    TRIGGER_SCRIPTS = 1065, "`TRIGGERSCRIPTS`, the texts of triggers";
    TRIGGER_NAME = 1066, "`TRIGGERNAME`, what each condition names";
    TRIGGER_VERSION = 1067, "`TRIGGERVERSION`";
    TRIGGER_FLAGS = 1068, "`TRIGGERFLAGS`: kind and comparison of each condition";
    TRIGGER_INDEX = 1069, "`TRIGGERINDEX`: the script of each condition";
    VERIFY_SCRIPT = 1079, "`VERIFYSCRIPT`, the text of %verifyscript";
    CHANGELOG_TIME = 1080, "`CHANGELOGTIME`, seconds since 1970";
    CHANGELOG_NAME = 1081, "`CHANGELOGNAME`: who, and usually the version";
    CHANGELOG_TEXT = 1082, "`CHANGELOGTEXT`";
    PREIN_PROG = 1085, "`PREINPROG`";
    POSTIN_PROG = 1086, "`POSTINPROG`";
    PREUN_PROG = 1087, "`PREUNPROG`";
    POSTUN_PROG = 1088, "`POSTUNPROG`";
    OBSOLETE_NAME = 1090, "`OBSOLETENAME`";
    VERIFY_SCRIPT_PROG = 1091, "`VERIFYSCRIPTPROG`";
    TRIGGER_SCRIPT_PROG = 1092, "`TRIGGERSCRIPTPROG`";
    FILE_DEVICES = 1095, "`FILEDEVICES`";
    FILE_INODES = 1096, "`FILEINODES`";
    FILE_LANGS = 1097, "`FILELANGS`";
    SOURCE_PACKAGE = 1106, "`SOURCEPACKAGE`, 1 in source packages";
    PROVIDE_FLAGS = 1112, "`PROVIDEFLAGS`";
    PROVIDE_VERSION = 1113, "`PROVIDEVERSION`";
    OBSOLETE_FLAGS = 1114, "`OBSOLETEFLAGS`";
    OBSOLETE_VERSION = 1115, "`OBSOLETEVERSION`";
    DIR_INDEXES = 1116, "`DIRINDEXES`";
    BASE_NAMES = 1117, "`BASENAMES`";
    DIR_NAMES = 1118, "`DIRNAMES`, each with a slash at its end";
    PAYLOAD_FORMAT = 1124, "`PAYLOADFORMAT`";
    PAYLOAD_COMPRESSOR = 1125, "`PAYLOADCOMPRESSOR`";
    PAYLOAD_FLAGS = 1126, "`PAYLOADFLAGS`, the level";
    PLATFORM = 1132, "`PLATFORM`";
    FILE_COLORS = 1140, "`FILECOLORS`: 1 for 32-bit ELF, 2 for 64-bit ELF";
    PRETRANS = 1151, "`PRETRANS`";
    POSTTRANS = 1152, "`POSTTRANS`";
    PRETRANS_PROG = 1153, "`PRETRANSPROG`";
    POSTTRANS_PROG = 1154, "`POSTTRANSPROG`";
    LONG_FILE_SIZES = 5008, "`LONGFILESIZES`";
    LONG_SIZE = 5009, "`LONGSIZE`";
    FILE_CAPS = 5010, "`FILECAPS`: the capabilities of each file";
    FILE_DIGEST_ALGO = 5011, "`FILEDIGESTALGO`, an OpenPGP hash number";
    RECOMMEND_NAME = 5046, "`RECOMMENDNAME`";
    RECOMMEND_VERSION = 5047, "`RECOMMENDVERSION`";
    RECOMMEND_FLAGS = 5048, "`RECOMMENDFLAGS`";
    SUGGEST_NAME = 5049, "`SUGGESTNAME`";
    SUGGEST_VERSION = 5050, "`SUGGESTVERSION`";
    SUGGEST_FLAGS = 5051, "`SUGGESTFLAGS`";
    SUPPLEMENT_NAME = 5052, "`SUPPLEMENTNAME`";
    SUPPLEMENT_VERSION = 5053, "`SUPPLEMENTVERSION`";
    SUPPLEMENT_FLAGS = 5054, "`SUPPLEMENTFLAGS`";
    ENHANCE_NAME = 5055, "`ENHANCENAME`";
    ENHANCE_VERSION = 5056, "`ENHANCEVERSION`";
    ENHANCE_FLAGS = 5057, "`ENHANCEFLAGS`";
    ENCODING = 5062, "`ENCODING` of all strings";
    FILE_TRIGGER_SCRIPTS = 5066, "`FILETRIGGERSCRIPTS`";
    FILE_TRIGGER_SCRIPT_PROG = 5067, "`FILETRIGGERSCRIPTPROG`";
    FILE_TRIGGER_NAME = 5069, "`FILETRIGGERNAME`: the beginning of a path each";
    FILE_TRIGGER_INDEX = 5070, "`FILETRIGGERINDEX`";
    FILE_TRIGGER_VERSION = 5071, "`FILETRIGGERVERSION`";
    FILE_TRIGGER_FLAGS = 5072, "`FILETRIGGERFLAGS`";
    TRANS_FILE_TRIGGER_SCRIPTS = 5076, "`TRANSFILETRIGGERSCRIPTS`";
    TRANS_FILE_TRIGGER_SCRIPT_PROG = 5077, "`TRANSFILETRIGGERSCRIPTPROG`";
    TRANS_FILE_TRIGGER_NAME = 5079, "`TRANSFILETRIGGERNAME`: the beginning of a path each";
    TRANS_FILE_TRIGGER_INDEX = 5080, "`TRANSFILETRIGGERINDEX`";
    TRANS_FILE_TRIGGER_VERSION = 5081, "`TRANSFILETRIGGERVERSION`";
    TRANS_FILE_TRIGGER_FLAGS = 5082, "`TRANSFILETRIGGERFLAGS`";
    FILE_TRIGGER_PRIORITIES = 5084, "`FILETRIGGERPRIORITIES`";
    TRANS_FILE_TRIGGER_PRIORITIES = 5085, "`TRANSFILETRIGGERPRIORITIES`";
    PAYLOAD_DIGEST = 5092, "`PAYLOADDIGEST` of the compressed payload";
    PAYLOAD_DIGEST_ALGO = 5093, "`PAYLOADDIGESTALGO`, an OpenPGP hash number";
    PAYLOAD_DIGEST_ALT = 5097, "`PAYLOADDIGESTALT` of the uncompressed payload";
    PREUNTRANS = 5103, "`PREUNTRANS`";
    POSTUNTRANS = 5104, "`POSTUNTRANS`";
    PREUNTRANS_PROG = 5105, "`PREUNTRANSPROG`";
    POSTUNTRANS_PROG = 5106, "`POSTUNTRANSPROG`";
    PAYLOAD_SIZE = 5112, "`PAYLOADSIZE`: bytes of the compressed payload (rpm 6)";
    PAYLOAD_SIZE_ALT = 5113, "`PAYLOADSIZEALT`: bytes of the raw payload (rpm 6)";
    RPM_FORMAT = 5114, "`RPMFORMAT`: 6 in packages of rpm 6's own form";
    PAYLOAD_SHA512 = 5121, "`PAYLOADSHA512` of the compressed payload";
    PAYLOAD_SHA512_ALT = 5122, "`PAYLOADSHA512ALT` of the raw payload";
    PAYLOAD_SHA3_256 = 5123, "`PAYLOADSHA3_256` of the compressed payload";
    PAYLOAD_SHA3_256_ALT = 5124, "`PAYLOADSHA3_256ALT` of the raw payload";
    SIG_DSA = 267, "An OpenPGP signature of the header that is not RSA.";
    SIG_RSA = 268, "An OpenPGP RSA signature of the header.";
    SIG_SHA1 = 269, "SHA-1 of the header.";
    SIG_LONG_SIZE = 270, "Bytes of header and payload, where 32 bits do not hold them.";
    SIG_LONG_ARCHIVE_SIZE = 271, "Bytes of the raw payload, where 32 bits do not hold them.";
    SIG_SHA256 = 273, "SHA-256 of the header.";
    SIG_OPENPGP = 278, "OpenPGP signatures of the header in base64, of any algorithm (rpm 6).";
    SIG_SHA3_256 = 279, "SHA3-256 of the header (rpm 6).";
    SIG_SIZE = 1000, "Bytes of header and payload.";
    SIG_PGP = 1002, "An OpenPGP RSA signature of header and payload.";
    SIG_MD5 = 1004, "MD5 of header and payload.";
    SIG_GPG = 1005, "An OpenPGP signature of header and payload that is not RSA.";
    SIG_PAYLOAD_SIZE = 1007, "Bytes of the raw payload.";
    SIG_RESERVED_SPACE = 1008, "Space kept for signatures.";
}

/// `RPMSENSE_*`: what a dependency compares and when it is needed.
pub mod sense {
    tags! {
        LESS = 1 << 1, "`<`";
        GREATER = 1 << 2, "`>`";
        EQUAL = 1 << 3, "`=`";
        POSTTRANS = 1 << 5, "`Requires(posttrans)`";
        PRETRANS = 1 << 7, "`Requires(pretrans)`";
        INTERP = 1 << 8, "The interpreter of a scriptlet.";
        SCRIPT_PRE = 1 << 9, "`Requires(pre)`";
        SCRIPT_POST = 1 << 10, "`Requires(post)`";
        SCRIPT_PREUN = 1 << 11, "`Requires(preun)`";
        SCRIPT_POSTUN = 1 << 12, "`Requires(postun)`";
        SCRIPT_VERIFY = 1 << 13, "`Requires(verify)`";
        FIND_REQUIRES = 1 << 14, "Found in a file.";
        FIND_PROVIDES = 1 << 15, "Found in a file.";
        TRIGGER_IN = 1 << 16, "`%triggerin`";
        TRIGGER_UN = 1 << 17, "`%triggerun`";
        TRIGGER_POSTUN = 1 << 18, "`%triggerpostun`";
        PREUNTRANS = 1 << 20, "`Requires(preuntrans)`, since rpm 4.19";
        POSTUNTRANS = 1 << 21, "`Requires(postuntrans)`, since rpm 4.19";
        RPMLIB = 1 << 24, "`rpmlib(FEATURE)`";
        TRIGGER_PREIN = 1 << 25, "`%triggerprein`";
        CONFIG = 1 << 28, "`config(NAME)`";
    }
}

/// `RPMFILE_*`: what a file is for.
pub mod file {
    tags! {
        CONFIG = 1, "`%config`";
        DOC = 1 << 1, "`%doc`";
        MISSINGOK = 1 << 3, "`%config(missingok)`";
        NOREPLACE = 1 << 4, "`%config(noreplace)`";
        SPECFILE = 1 << 5, "The spec file of a source package.";
        GHOST = 1 << 6, "`%ghost`";
        LICENSE = 1 << 7, "`%license`";
        ARTIFACT = 1 << 12, "`%artifact`: made by the build, no part of the software.";
    }
}

/// `RPMVERIFY_*`: what `rpm -V` compares.
pub mod verify {
    tags! {
        ALL = u32::MAX, "Everything.";
        GHOST = ALL & !0b10_0111, "Everything but digest, size, link target and time.";
    }
}

/// The types of files in a mode (`S_IFMT` and its kin).
pub mod mode {
    tags! {
        TYPE = 0o170_000, "The bits of the type.";
        REGULAR = 0o100_000, "A regular file.";
        DIRECTORY = 0o040_000, "A folder.";
        SYMLINK = 0o120_000, "A symbolic link.";
    }
}

/// The tags of one list of dependencies: names, versions, flags.
#[derive(Clone, Copy, Debug)]
pub struct DependencyTags {
    /// The names.
    pub name: u32,
    /// The versions.
    pub version: u32,
    /// The flags.
    pub flags: u32,
}

/// The tags of a list of dependencies.
pub fn of_relation(relation: Relation) -> DependencyTags {
    let (name, version, flags) = match relation {
        Relation::Requires => (REQUIRE_NAME, REQUIRE_VERSION, REQUIRE_FLAGS),
        Relation::Provides => (PROVIDE_NAME, PROVIDE_VERSION, PROVIDE_FLAGS),
        Relation::Conflicts => (CONFLICT_NAME, CONFLICT_VERSION, CONFLICT_FLAGS),
        Relation::Obsoletes => (OBSOLETE_NAME, OBSOLETE_VERSION, OBSOLETE_FLAGS),
        Relation::Recommends => (RECOMMEND_NAME, RECOMMEND_VERSION, RECOMMEND_FLAGS),
        Relation::Suggests => (SUGGEST_NAME, SUGGEST_VERSION, SUGGEST_FLAGS),
        Relation::Supplements => (SUPPLEMENT_NAME, SUPPLEMENT_VERSION, SUPPLEMENT_FLAGS),
        Relation::Enhances => (ENHANCE_NAME, ENHANCE_VERSION, ENHANCE_FLAGS),
    };
    DependencyTags {
        name,
        version,
        flags,
    }
}

/// The tags of a scriptlet: its text and its interpreter.
pub fn of_phase(phase: Phase) -> (u32, u32) {
    match phase {
        Phase::Pretrans => (PRETRANS, PRETRANS_PROG),
        Phase::Pre => (PREIN, PREIN_PROG),
        Phase::Post => (POSTIN, POSTIN_PROG),
        Phase::Preun => (PREUN, PREUN_PROG),
        Phase::Postun => (POSTUN, POSTUN_PROG),
        Phase::Posttrans => (POSTTRANS, POSTTRANS_PROG),
        Phase::Preuntrans => (PREUNTRANS, PREUNTRANS_PROG),
        Phase::Postuntrans => (POSTUNTRANS, POSTUNTRANS_PROG),
        Phase::Verify => (VERIFY_SCRIPT, VERIFY_SCRIPT_PROG),
    }
}

/// The tags of one family of triggers. The first four have an item for each condition, the others
/// one for each script.
#[derive(Clone, Copy, Debug)]
pub struct TriggerTags {
    /// The packages or paths.
    pub name: u32,
    /// The versions of packages.
    pub version: u32,
    /// What happens to them.
    pub flags: u32,
    /// Which script that sets off.
    pub index: u32,
    /// The scripts.
    pub scripts: u32,
    /// Their interpreters.
    pub programs: u32,
    /// Their order, where there is one.
    pub priorities: Option<u32>,
}

/// The tags of a family of triggers.
pub fn of_family(family: TriggerFamily) -> TriggerTags {
    match family {
        TriggerFamily::Package => TriggerTags {
            name: TRIGGER_NAME,
            version: TRIGGER_VERSION,
            flags: TRIGGER_FLAGS,
            index: TRIGGER_INDEX,
            scripts: TRIGGER_SCRIPTS,
            programs: TRIGGER_SCRIPT_PROG,
            priorities: None,
        },
        TriggerFamily::File => TriggerTags {
            name: FILE_TRIGGER_NAME,
            version: FILE_TRIGGER_VERSION,
            flags: FILE_TRIGGER_FLAGS,
            index: FILE_TRIGGER_INDEX,
            scripts: FILE_TRIGGER_SCRIPTS,
            programs: FILE_TRIGGER_SCRIPT_PROG,
            priorities: Some(FILE_TRIGGER_PRIORITIES),
        },
        TriggerFamily::Transaction => TriggerTags {
            name: TRANS_FILE_TRIGGER_NAME,
            version: TRANS_FILE_TRIGGER_VERSION,
            flags: TRANS_FILE_TRIGGER_FLAGS,
            index: TRANS_FILE_TRIGGER_INDEX,
            scripts: TRANS_FILE_TRIGGER_SCRIPTS,
            programs: TRANS_FILE_TRIGGER_SCRIPT_PROG,
            priorities: Some(TRANS_FILE_TRIGGER_PRIORITIES),
        },
    }
}

/// The flag of what sets off a trigger.
pub fn of_event(event: TriggerEvent) -> u32 {
    match event {
        TriggerEvent::Prein => sense::TRIGGER_PREIN,
        TriggerEvent::In | TriggerEvent::FileIn | TriggerEvent::TransFileIn => sense::TRIGGER_IN,
        TriggerEvent::Un | TriggerEvent::FileUn | TriggerEvent::TransFileUn => sense::TRIGGER_UN,
        TriggerEvent::Postun | TriggerEvent::FilePostun | TriggerEvent::TransFilePostun => {
            sense::TRIGGER_POSTUN
        }
    }
}

/// OpenPGP's number of SHA-256.
pub const SHA256_ALGORITHM: u32 = 8;
