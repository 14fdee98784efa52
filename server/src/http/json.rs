//! JSON in requests: the check of the content type, and strict parsing.

use axum::http::{HeaderMap, header};
use serde::{Deserialize, de::DeserializeOwned};

/// True if the content type is JSON. A page of another site can make a browser post plain text without permission, but not JSON.
/// So this check stops a foreign page from acting in the name of its visitor.
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // Parameters such as `charset=utf-8` follow a semicolon.
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Parses a body that must be one object. `serde` alone also accepts an array of the values in the order of our fields, which would
/// make that order part of the interface.
///
/// # Errors
/// When it is not an object, or the object is not valid.
pub fn from_object<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    if body.trim_ascii_start().first() != Some(&b'{') {
        // This always fails; its error names the wrong type and its position.
        serde_json::Map::<String, serde_json::Value>::deserialize(&mut reader)?;
    }
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_media_type_of_json_is_json() {
        let is_json = |kind: &str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]));
        for kind in ["application/json", "Application/JSON", " application/json ;charset=utf-8", "application/json;"] {
            assert!(is_json(kind), "{kind}");
        }
        for kind in
            ["", "text/plain", "application/jsonx", "application/json, text/plain", "text/plain;application/json"]
        {
            assert!(!is_json(kind), "{kind}");
        }
        assert!(!super::is_json(&HeaderMap::new()));
    }

    #[test]
    fn body_is_one_object() {
        #[derive(Deserialize, PartialEq, Debug)]
        struct Wish {
            name: String,
            room: Option<u32>,
        }
        let wish = |body: &str| from_object::<Wish>(body.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(wish(" {\"name\":\"Ada\"}\n"), Ok(Wish { name: "Ada".to_owned(), room: None }));
        for body in
            [r#"["Ada",null]"#, r#" ["Ada",3]"#, r#""Ada""#, "null", "1", "", r#"{"name":"Ada"} {}"#, r#"{"room":1}"#]
        {
            assert!(wish(body).is_err(), "{body}");
        }
        assert!(wish("[\"Ada\",null]").unwrap_err().contains("sequence"));
    }
}
