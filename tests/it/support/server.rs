//! A web server for one folder, and a proxy, on the loopback.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What is done before a request is answered: it is given the path, and how often that was asked for.
type Before = Box<dyn Fn(&str, usize) + Send + Sync>;

/// A server that goes on until the tests end.
#[derive(Clone)]
pub(crate) struct Server {
    port: u16,
    /// Each request: its path, and the number of the answer.
    said: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves a folder, each file with an `ETag`.
    pub(crate) fn of(folder: &Path) -> Self {
        Self::with(folder, Box::new(|_, _| ()))
    }

    /// The same, and does something before each answer.
    pub(crate) fn with(folder: &Path, before: Before) -> Self {
        let folder = folder.to_owned();
        Self::start(move |stream, said| answer(&folder, stream, said, &before))
    }

    /// A proxy that connects to whatever it is asked for.
    pub(crate) fn proxy() -> Self {
        Self::start(tunnel)
    }

    /// A server that begins each file and goes away.
    pub(crate) fn that_leaves_off(begins: &'static str) -> Self {
        Self::start(move |stream, _| {
            let mut out = stream.try_clone()?;
            head(&mut BufReader::new(stream))?;
            let first = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
            out.write_all(first.as_bytes())?;
            out.write_all(begins.as_bytes())
        })
    }

    fn start(
        serve: impl Fn(TcpStream, &Mutex<Vec<String>>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            said: Arc::default(),
        };
        let (said, serve) = (Arc::clone(&server.said), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (said, serve) = (Arc::clone(&said), Arc::clone(&serve));
                // A client that goes away is no failure of the server.
                thread::spawn(move || serve(stream, &said));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked for since the last time, and how it was answered.
    pub(crate) fn said(&self) -> Vec<String> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut said)
    }
}

/// The lines of a request up to the empty one.
fn head(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        let is_last = stream.read_line(&mut line)? == 0 || line == "\r\n";
        if is_last {
            return Ok(lines);
        }
        lines.push(line.trim_end().to_owned());
    }
}

fn answer(
    folder: &Path,
    stream: TcpStream,
    said: &Mutex<Vec<String>>,
    before: &Before,
) -> io::Result<()> {
    let mut out = stream.try_clone()?;
    let lines = head(&mut BufReader::new(stream))?;
    let Some(path) = lines.first().and_then(|line| line.split(' ').nth(1)) else {
        return Ok(());
    };
    let count = {
        let said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().filter(|line| line.ends_with(path)).count()
    };
    before(path, count);
    let file = path.split('?').next().unwrap_or_default();
    let file: PathBuf = folder.join(file.trim_start_matches('/'));
    let (status, etag, body) = match fs::read(file) {
        Ok(body) => {
            let sum = body.iter().fold(7_u64, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
            });
            let etag = format!("\"{sum:x}\"");
            let wanted = format!("if-none-match: {etag}");
            match lines.iter().any(|line| line.to_lowercase() == wanted) {
                true => ("304 Not Modified", etag, Vec::new()),
                false => ("200 OK", etag, body),
            }
        }
        Err(_) => ("404 Not Found", String::new(), Vec::new()),
    };
    let number = status.split(' ').next().unwrap_or_default();
    said.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(format!("{number} {path}"));
    let length = body.len();
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n"
    )?;
    if !etag.is_empty() {
        write!(out, "ETag: {etag}\r\n")?;
    }
    out.write_all(b"\r\n")?;
    out.write_all(&body)?;
    out.shutdown(Shutdown::Write)
}

fn tunnel(stream: TcpStream, said: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut input = BufReader::new(stream);
    let lines = head(&mut input)?;
    let first = lines.first().cloned().unwrap_or_default();
    said.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(first.clone());
    let mut words = first.split(' ');
    let (Some("CONNECT"), Some(host)) = (words.next(), words.next()) else {
        return out.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
    };
    let mut far = TcpStream::connect(host)?;
    out.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let mut back = far.try_clone()?;
    let answers = thread::spawn(move || -> io::Result<()> {
        io::copy(&mut back, &mut out)?;
        out.shutdown(Shutdown::Write)
    });
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = input.read(&mut buffer) {
        far.write_all(&buffer[..length])?;
    }
    let _ = answers.join();
    Ok(())
}
