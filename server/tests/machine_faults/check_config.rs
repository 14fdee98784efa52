//! `--check-config` refuses the same faults as a start, in the same words, and changes nothing.

use std::{fs, process::Command};

use rcgen::{CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};

use super::host::State;

fn checked(state: &State, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
    command.args(["--check-config", "--state", state.0.to_str().unwrap()]).args(words);
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn started(state: &State, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
    command.args(["--state", state.0.to_str().unwrap()]).args(words);
    command.args("--http 127.0.0.1:0 --ops 127.0.0.1:0 --udp 127.0.0.1:0".split(' '));
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned() + "\n")
}

#[track_caller]
fn both_refuse(state: &State, words: &[&str], expected: &str) {
    let check = checked(state, words);
    assert_eq!(check.0, Some(2), "{}", check.1);
    assert!(check.1.contains(expected), "{}", check.1);
    assert_eq!(check, started(state, words));
}

#[test]
fn whatever_the_start_would_refuse_is_refused() {
    let state = State::new("check");
    assert_eq!(checked(&state, &[]).0, Some(0));
    assert!(!state.path("key").exists() && !state.path("lock").exists(), "a check changes nothing");
    both_refuse(&state, &["--accounts-jwks", "/nonexistent"], "/nonexistent: cannot read the keys of accounts");
    fs::write(state.path("bans.toml"), "[[ban]]\nnetwork = \"everybody\"\n").unwrap();
    both_refuse(&state, &[], "bans.toml: line 2");
    fs::write(state.path("bans.toml"), "\u{feff}[[ban]]\r\nnetwork = \"203.0.113.0/24\"\r\n").unwrap();
    assert_eq!(checked(&state, &[]).0, Some(0));
    fs::write(state.path("key"), "").unwrap();
    both_refuse(&state, &[], "key: 0 bytes are not a session key");
    fs::remove_file(state.path("key")).unwrap();
    fs::remove_dir_all(state.path("recordings")).unwrap();
    fs::write(state.path("recordings"), "no folder").unwrap();
    let (code, said) = checked(&state, &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("recordings"), "{said}");
}

/// Writes a certificate that is valid in these years, issued by an authority that is not in the file.
fn write_certificate(state: &State, from: i32, until: i32) -> Vec<String> {
    let key = || KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.distinguished_name.push(DnType::CommonName, "The authority");
    let mut params = CertificateParams::new(["play.example.org".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
    let own = key();
    let certificate = params.signed_by(&own, &Issuer::new(authority, key())).unwrap();
    // As an editor of another system saves it.
    let edited = |text: String| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (file, key) = (state.path("fullchain.pem"), state.path("privkey.pem"));
    fs::write(&file, edited(certificate.pem())).unwrap();
    fs::write(&key, edited(own.serialize_pem())).unwrap();
    let path = |path: std::path::PathBuf| path.into_os_string().into_string().unwrap();
    vec!["--tls-certificate".to_owned(), path(file), "--tls-key".to_owned(), path(key)]
}

#[test]
fn certificate_that_browsers_refuse_is_refused_and_one_that_some_refuse_warned_of() {
    let state = State::new("check-certificate");
    for (years, code, expected) in [
        ((2020, 2021), 2, "is not valid: it is valid from 2020-01-01T00:00:00Z until 2021-01-01T00:00:00Z"),
        ((2400, 2401), 2, "is not valid"),
        ((2020, 2400), 0, "warning: "),
    ] {
        let words = write_certificate(&state, years.0, years.1);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (found, said) = checked(&state, &words);
        assert_eq!(found, Some(code), "{said}");
        assert!(said.contains(expected), "{said}");
        assert_eq!(said.contains("\"The authority\", is not in the file"), code == 0, "{said}");
    }
}
