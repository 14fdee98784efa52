//! Valid tokens are accepted, and every kind of invalid token is refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::get_current_timestamp;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use super::*;

/// An issuer with one Ed25519 key and a key file.
struct Issuer {
    pair: Ed25519KeyPair,
    path: PathBuf,
}

impl Issuer {
    fn new(test: &str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let path = std::env::temp_dir().join(format!("ricochet-jwks-{}-{test}.json", std::process::id()));
        let issuer = Self { pair, path };
        issuer.write(&json!({ "keys": [issuer.jwk()] }));
        issuer
    }

    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": "one", "use": "sig", "alg": "EdDSA", "x": x })
    }

    fn write(&self, set: &Value) {
        fs::write(&self.path, set.to_string()).unwrap();
    }

    fn settings(&self) -> config::Accounts {
        let text = |text: &str| Some(text.to_owned());
        let (issuer, audience) = (text("https://id.example"), text("ricochet"));
        config::Accounts { jwks: Some(self.path.clone()), issuer, audience, ..config::Accounts::default() }
    }

    fn accounts(&self) -> Accounts {
        Accounts::new(&self.settings()).unwrap()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes())))
    }

    /// A valid token with these claims changed; null removes a claim.
    fn token(&self, changes: Value) -> String {
        let mut claims = json!({
            "sub": "ann-17", "iss": "https://id.example", "aud": ["other", "ricochet"], "preferred_username": "Ann",
            "exp": get_current_timestamp() + 600,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.sign(&json!({ "alg": "EdDSA", "kid": "one" }), &claims)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn identify(accounts: &Accounts, token: &str) -> Result<Option<Account>, AccountError> {
    accounts.identify(Some(format!("Bearer {token}").as_bytes()))
}

#[track_caller]
fn check_refused(accounts: &Accounts, token: &str, why: &str) {
    assert_eq!(identify(accounts, token), Err(AccountError::Refused(why.to_owned())), "{token}");
}

#[test]
fn token_of_the_issuer_names_its_account() {
    let issuer = Issuer::new("good");
    let accounts = issuer.accounts();
    let ann = identify(&accounts, &issuer.token(json!({}))).unwrap().unwrap();
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    let again = identify(&accounts, &issuer.token(json!({ "name": "Ann Example", "preferred_username": null })));
    assert_eq!(again, Ok(Some(Account { name: Some("Ann Example".to_owned()), ..ann.clone() })), "the same account");
    let other = identify(&accounts, &issuer.token(json!({ "sub": "bob" }))).unwrap().unwrap();
    assert_ne!(other.id, ann.id);
}

#[test]
fn each_claim_is_checked_and_clocks_may_differ_a_little() {
    let issuer = Issuer::new("claims");
    let accounts = issuer.accounts();
    let now = get_current_timestamp();
    let check = |changes: Value, why: &str| check_refused(&accounts, &issuer.token(changes), why);
    check(json!({ "exp": now - 60 }), "it has expired");
    check(json!({ "exp": null }), "it cannot be read");
    check(json!({ "exp": "tomorrow" }), "it cannot be read");
    check(json!({ "nbf": now + 60 }), "it is not valid yet");
    check(json!({ "nbf": "now" }), "it cannot be read");
    check(json!({ "iss": "https://evil.example" }), "it was issued by another issuer");
    check(json!({ "iss": null }), "it lacks iss");
    check(json!({ "aud": "other" }), "it is for another audience");
    check(json!({ "aud": null }), "it lacks aud");
    check(json!({ "sub": null }), "it cannot be read");
    check(json!({ "sub": "" }), "its sub must have 1 to 255 bytes");
    for changes in [json!({ "exp": now - 10 }), json!({ "nbf": now + 10 }), json!({ "aud": "ricochet" })] {
        assert!(identify(&accounts, &issuer.token(changes)).is_ok());
    }
}

#[test]
fn algorithm_is_the_keys_and_not_the_tokens() {
    let issuer = Issuer::new("confusion");
    let accounts = issuer.accounts();
    let claims =
        json!({ "sub": "ann", "exp": get_current_timestamp() + 600, "iss": "https://id.example", "aud": "ricochet" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    // An attack: the public key serves as the secret of a symmetric algorithm.
    let message = format!("{}.{}", part(&json!({ "alg": "HS256", "kid": "one" })), part(&claims));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, issuer.pair.public_key().as_ref());
    let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&secret, message.as_bytes())));
    check_refused(&accounts, &forged, "no key is for its kid and alg");
    check_refused(
        &accounts,
        &issuer.sign(&json!({ "alg": "RS256", "kid": "one" }), &claims),
        "no key is for its kid and alg",
    );
    check_refused(
        &accounts,
        &issuer.sign(&json!({ "alg": "EdDSA", "kid": "two" }), &claims),
        "no key is for its kid and alg",
    );
    for alg in ["none", "None", ""] {
        let unsigned = format!("{}.{}.", part(&json!({ "alg": alg })), part(&claims));
        check_refused(&accounts, &unsigned, "it cannot be read");
    }
    check_refused(&accounts, &Issuer::new("stranger").token(json!({})), "its signature is wrong");
}

#[test]
fn damaged_tokens_are_refused_wherever_the_damage_is() {
    let issuer = Issuer::new("damaged");
    let accounts = issuer.accounts();
    let token = issuer.token(json!({}));
    for index in 0..token.len() {
        let mut changed = token.clone();
        changed.replace_range(index..=index, if token.as_bytes()[index] == b'A' { "B" } else { "A" });
        // The last character of base64 may hold bits that are not used.
        assert!(index + 1 == token.len() || identify(&accounts, &changed).is_err(), "character {index}");
        assert!(identify(&accounts, &token[..index]).is_err(), "{index} characters");
    }
    for header in ["", "Bearer", "Basic YW5uOmE=", &format!("Bearer {}", "a".repeat(TOKEN_BYTES_MAX + 1))] {
        assert_eq!(accounts.identify(Some(header.as_bytes())), Err(AccountError::Malformed), "{header}");
    }
}

#[test]
fn guests_play_unless_an_account_is_required() {
    let issuer = Issuer::new("guests");
    assert_eq!(issuer.accounts().identify(None), Ok(None));
    let required = Accounts::new(&config::Accounts { required: true, ..issuer.settings() }).unwrap();
    assert_eq!(required.identify(None), Err(AccountError::Required));
    let without = Accounts::new(&config::Accounts::default()).unwrap();
    assert_eq!(without.identify(Some(b"Bearer what a proxy adds")), Ok(None));
}

#[test]
fn keys_are_read_again_when_they_change_and_kept_when_they_break() {
    let (issuer, next) = (Issuer::new("first"), Issuer::new("next"));
    let accounts = issuer.accounts();
    let of_next = next.token(json!({}));
    check_refused(&accounts, &of_next, "its signature is wrong");
    issuer.write(&json!({ "keys": [issuer.jwk(), next.jwk()], "more": "and longer" }));
    accounts.refresh();
    assert!(identify(&accounts, &of_next).is_ok(), "tried one after the other");
    fs::write(&issuer.path, "{").unwrap();
    accounts.refresh();
    assert!(identify(&accounts, &of_next).is_ok(), "the old ones stay");
    assert!(matches!(Accounts::new(&issuer.settings()), Err(KeysError::Malformed { .. })));
    issuer.write(&json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" }] }));
    let error = Accounts::new(&issuer.settings()).unwrap_err().to_string();
    assert!(error.ends_with("it holds no key for signatures by EdDSA (Ed25519) or RS256"), "{error}");
}

/// Made by openssl, valid until 2100.
#[test]
fn rsa_key_of_the_issuer_does_as_well() {
    let issuer = Issuer::new("rsa");
    issuer.write(&serde_json::from_str(include_str!("tests/rsa_jwks.json")).unwrap());
    let settings = config::Accounts { issuer: None, audience: None, ..issuer.settings() };
    let accounts = Accounts::new(&settings).unwrap();
    let token = include_str!("tests/rsa_token.txt").trim();
    assert_eq!(identify(&accounts, token).unwrap().unwrap().name.as_deref(), Some("Rosa"));
    let mut changed = token.to_owned();
    let middle = token.len() - 50;
    changed.replace_range(middle..=middle, if token.as_bytes()[middle] == b'A' { "B" } else { "A" });
    check_refused(&accounts, &changed, "its signature is wrong");
    check_refused(&accounts, &issuer.token(json!({})), "no key is for its kid and alg");
}
