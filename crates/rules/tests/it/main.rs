//! Rules of law read, checked, evaluated and explained.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod amounts;
mod counterfactuals;
mod exactness;
mod ptmg;
mod random;
mod refusals;
mod support;
mod tests_of_rules;
mod three_values;
mod written;
