//! Tables as text: a row a line, tabs between the fields, `#` comments at the top, then a line of
//! column names.

/// The rows of a table with `N` columns.
///
/// A row with other columns would be a defect of the table, which the tests find; it is left out.
pub(super) fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines()
        .skip_while(|line| line.starts_with("# "))
        .skip(1)
        .filter_map(fields)
}

fn fields<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let mut fields = [""; N];
    let mut count = 0;
    for field in line.split('\t') {
        *fields.get_mut(count)? = field;
        count += 1;
    }
    (count == N).then_some(fields)
}

/// A version, where one is written.
pub(super) fn version(field: &str) -> Option<u16> {
    field.parse().ok()
}

/// Words with commas between them.
pub(super) fn words(field: &'static str) -> impl Iterator<Item = &'static str> {
    field.split(',').filter(|word| !word.is_empty())
}

/// The number of lines that should be rows, for the tests.
#[cfg(test)]
pub(super) fn lines(text: &str) -> usize {
    text.lines().filter(|line| !line.starts_with("# ")).count() - 1
}
