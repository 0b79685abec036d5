//! Whole-crate tests: the import of real data, of the training territory, and of bad files.

mod bad_input;
mod geography_real;
mod health;
mod support;
mod training_import;
