//! Rust names of IDL names.

use proc_macro2::{Ident, Literal, Span};

/// An identifier: with an underscore behind it where it is a keyword, and for each hyphen.
pub fn ident(name: &str) -> Ident {
    let name = &name.replace('-', "_");
    if syn::parse_str::<Ident>(name).is_ok() {
        Ident::new(name, Span::call_site())
    } else {
        // Keywords; `self`, `Self`, `super` and `crate` can't be raw.
        Ident::new(&format!("{name}_"), Span::call_site())
    }
}

/// The method of a member: its name with the first letter upper-case.
pub fn method(name: &str) -> Ident {
    ident(&capitalize(name))
}

/// The method of an overload: an underscore for each overload in front of it.
pub fn overload(name: &str, index: usize) -> Ident {
    ident(&(capitalize(name) + &"_".repeat(index)))
}

fn capitalize(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `downloadTotal` → `download_total`, `baseURI` → `base_uri`, `type` → `type_`.
pub fn snake(name: &str) -> Ident {
    ident(&snake_text(name))
}

fn snake_text(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (index, char) in chars.iter().enumerate() {
        let after_lower = index > 0 && !chars[index - 1].is_uppercase() && chars[index - 1] != '_';
        let before_lower = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        let within = index > 0 && chars[index - 1].is_uppercase();
        if char.is_uppercase() && (after_lower || (within && before_lower)) {
            text.push('_');
        }
        text.extend(char.to_lowercase());
    }
    text.replace('-', "_")
}

/// `DOMException` → `DOM_EXCEPTION`: the statics of an interface.
pub fn constant(name: &str) -> String {
    snake_text(name).to_uppercase()
}

/// The variant of an enumeration's value: `same-origin` → `SameOrigin`, the empty string → `Empty`.
pub fn variant(value: &str) -> Ident {
    let words = value.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.map(capitalize).collect();
    match name.chars().next() {
        None => ident("Empty"),
        Some(first) if first.is_ascii_digit() => ident(&format!("_{name}")),
        Some(_) => ident(&name),
    }
}

/// `c"name"`
pub fn c_str(name: &str) -> Literal {
    let bytes = name.replace('\0', "");
    match std::ffi::CString::new(bytes) {
        Ok(string) => Literal::c_string(&string),
        Err(_) => Literal::c_string(c""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_like_rust() {
        assert_eq!(method("responseReady"), "ResponseReady");
        assert_eq!(method("self"), "Self_");
        assert_eq!(method("a-b"), "A_b");
        assert_eq!(overload("postMessage", 1), "PostMessage_");
        assert_eq!(snake("downloadTotal"), "download_total");
        assert_eq!(snake("baseURI"), "base_uri");
        assert_eq!(snake("URLPart"), "url_part");
        assert_eq!(snake("type"), "type_");
        assert_eq!(constant("DOMException"), "DOM_EXCEPTION");
        assert_eq!(variant("same-origin"), "SameOrigin");
        assert_eq!(variant(""), "Empty");
        assert_eq!(variant("2d"), "_2d");
    }
}
