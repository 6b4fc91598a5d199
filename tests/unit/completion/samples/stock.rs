//! What is in stock.
use std::collections::HashMap;

/// One kind of thing, `count` times.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    name: &'a str,
    count: u32,
    tags: Vec<char>,
}

impl<'a> Item<'a> {
    pub fn new(name: &'a str) -> Self {
        Item { name, count: 0, tags: vec!['(', '\''] }
    }

    /* Nested /* comments */ are legal here. */
    pub fn describe(&self) -> String {
        let raw = r#"a "quoted" ) part"#;
        match self.count {
            0 => format!("no {}", self.name),
            n if n > 1 => format!("{} {}s {{{}}}", n, self.name, raw),
            _ => "one
                 on two lines".to_string(),
        }
    }
}

fn total(items: &[Item]) -> HashMap<String, u32> {
    items
        .iter()
        .filter(|item| item.count > 0)
        .map(|item| (item.name.to_owned(), item.count))
        .collect()
}
