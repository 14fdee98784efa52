//! The texts of errors and of log lines, found where the code writes them.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Expr, ExprMethodCall, ImplItem, Item, Lit, Macro,
    visit::{self, Visit},
};

use super::modules::{attributes, is_for_tests};

/// Where a message goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Error,
    Log,
}

/// A text as it stands in the code, with its braces.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Message {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

const ERROR_MACROS: &[&str] = &["bail", "anyhow", "ensure"];
const LOG_MACROS: &[&str] = &["error", "warn", "info", "debug", "trace"];

/// Messages of a file, without those of its tests: `#[error("…")]`, `bail!`, `anyhow!`, `ensure!`, `.context(…)`, and tracing's macros.
///
/// # Errors
/// The text is not Rust.
pub(crate) fn of_file(text: &str) -> syn::Result<Vec<Message>> {
    let mut found = Messages { found: Vec::new() };
    found.visit_file(&syn::parse_file(text)?);
    Ok(found.found)
}

struct Messages {
    found: Vec<Message>,
}

impl Messages {
    fn add(&mut self, kind: Kind, literal: Option<(usize, String)>) {
        self.found.extend(literal.map(|(line, text)| Message { line, kind, text }));
    }
}

impl<'ast> Visit<'ast> for Messages {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !matches!(item, ImplItem::Fn(method) if is_for_tests(&method.attrs)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta
            && list.path.is_ident("error")
        {
            self.add(Kind::Error, message_literal(list.tokens.clone()));
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let Some(name) = call.path.segments.last().map(|segment| segment.ident.to_string()) else { return };
        if ERROR_MACROS.contains(&name.as_str()) {
            self.add(Kind::Error, message_literal(call.tokens.clone()));
        } else if LOG_MACROS.contains(&name.as_str()) {
            self.add(Kind::Log, message_literal(call.tokens.clone()));
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method == "context" || call.method == "with_context" {
            let message = match call.args.first() {
                Some(Expr::Closure(closure)) => text_of(&closure.body),
                Some(message) => text_of(message),
                None => None,
            };
            self.add(Kind::Error, message);
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// A literal, or the one that `format!` begins with.
fn text_of(expression: &Expr) -> Option<(usize, String)> {
    match expression {
        Expr::Lit(literal) => literal_text(&literal.lit),
        Expr::Macro(call) if call.mac.path.is_ident("format") => message_literal(call.mac.tokens.clone()),
        _ => None,
    }
}

/// The first text among a macro's arguments that is not the value of a field: `field = "value"`.
fn message_literal(tokens: TokenStream) -> Option<(usize, String)> {
    let mut begins_argument = true;
    for token in tokens {
        match token {
            TokenTree::Literal(literal) if begins_argument => {
                let found = literal_text(&Lit::new(literal));
                if found.is_some() {
                    return found;
                }
            }
            TokenTree::Punct(punct) => begins_argument = punct.as_char() == ',',
            _ => begins_argument = false,
        }
    }
    None
}

fn literal_text(literal: &Lit) -> Option<(usize, String)> {
    match literal {
        Lit::Str(text) => Some((text.span().start().line, text.value())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_and_those_of_tests_are_not() {
        let text = r#"
            enum E { #[error("too {long}")] Long, #[error(transparent)] Other(F) }
            fn f() {
                bail!("stop {}", 1);
                ensure!(a == "b", "no b");
                x.context("first")?;
                x.with_context(|| format!("second {path}"))?;
                tracing::warn!(port = "p", reason, "third");
                println!("not one");
            }
            #[cfg(test)]
            mod tests { fn g() { bail!("in a test"); } }
        "#;
        let found = of_file(text).expect("it is Rust");
        let found: Vec<_> = found.iter().map(|message| (message.line, message.kind, message.text.as_str())).collect();
        assert_eq!(
            found,
            [
                (2, Kind::Error, "too {long}"),
                (4, Kind::Error, "stop {}"),
                (5, Kind::Error, "no b"),
                (6, Kind::Error, "first"),
                (7, Kind::Error, "second {path}"),
                (8, Kind::Log, "third"),
            ]
        );
    }
}
