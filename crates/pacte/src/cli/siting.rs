//! What can be typed after `pacte siting`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pacte_access::urgent::Moment;

use super::{TextFormat, Travel};

#[derive(Debug, Args)]
pub(crate) struct Siting {
    /// Ce qu’il faut améliorer : cover30 (habitants amenés à moins de 30 minutes), cover20…, under-dense (habitants de communes sous-denses servis), mean (temps moyen) ; sous-dense et moyenne acceptent aussi des minutes : under-dense15, mean45.
    #[arg(long, default_value = "cover30", value_name = "OBJECTIF")]
    pub(crate) objective: String,
    /// Nombre de sites, communes imposées comprises ; 10 par défaut quand il n’y a pas de budget.
    #[arg(long, value_name = "K")]
    pub(crate) sites: Option<u32>,
    /// Budget total, en euros ; demande --cost ou --costs.
    #[arg(long, value_name = "EUROS")]
    pub(crate) budget_euros: Option<u64>,
    /// Coût d’un site, en euros.
    #[arg(long, value_name = "EUROS")]
    pub(crate) cost: Option<u64>,
    /// Fichier CSV (code,euros) des communes où un site coûte autre chose.
    #[arg(long, value_name = "FICHIER")]
    pub(crate) costs: Option<PathBuf>,
    /// Où : departement:48, region:32, epci:200069193… ; tout le territoire par défaut.
    #[arg(long = "in", value_name = "NIVEAU:CODE")]
    pub(crate) within: Option<String>,
    /// Ressources existantes (à répéter) : soins urgents du registre (su, su-smur, su-smur-mcs, tout) ou ressource de la BPE (msp, health_centre, gp, pharmacy, maternity…) ; su par défaut.
    #[arg(long, value_name = "RESSOURCE", conflicts_with = "no_existing")]
    pub(crate) existing: Vec<String>,
    /// Moment auquel les soins urgents existants sont regardés : toutes, une date (2026-11-24) ou une date et une heure (2026-11-24T03:00).
    #[arg(long, value_name = "MOMENT", default_value = "toutes")]
    pub(crate) when: Moment,
    /// Fait comme si rien n’existait.
    #[arg(long)]
    pub(crate) no_existing: bool,
    /// Commune où un site doit être (à répéter).
    #[arg(long, value_name = "CODE")]
    pub(crate) force: Vec<String>,
    /// Commune où aucun site ne peut être (à répéter).
    #[arg(long, value_name = "CODE")]
    pub(crate) forbid: Vec<String>,
    /// Habitants minimum d’une commune pour recevoir un site.
    #[arg(long, default_value_t = 0, value_name = "HABITANTS")]
    pub(crate) least_people: u32,
    /// Habitants qu’un site peut servir au plus.
    #[arg(long, value_name = "HABITANTS")]
    pub(crate) capacity: Option<u64>,
    /// Pondération d’équité.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) equity: EquityChoice,
    /// Force de la pondération, de 0 à 100 %.
    #[arg(long, default_value_t = 100, value_name = "POUR-CENT")]
    pub(crate) equity_percent: u32,
    /// APL sous laquelle une commune est sous-dense.
    #[arg(long, default_value_t = 2.5, value_name = "APL")]
    pub(crate) threshold: f64,
    /// Cherche la preuve de l’optimum (c’est ce qui est fait par défaut).
    #[arg(long, conflicts_with = "fast")]
    pub(crate) exact: bool,
    /// Se contente du glouton, des échanges et de leur borne.
    #[arg(long)]
    pub(crate) fast: bool,
    /// Durée maximale de la recherche, en secondes.
    #[arg(long, default_value_t = 10, value_name = "SECONDES")]
    pub(crate) time_limit: u32,
    /// Tableau à imprimer.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) show: Shown,
    /// Temps de trajet : par les routes importées (roads) ou par le modèle (model) ; par défaut les routes s’il y en a.
    #[arg(long, value_enum)]
    pub(crate) travel: Option<Travel>,
    /// Forme du tableau.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}

/// Whose access counts more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum EquityChoice {
    /// Chacun compte pour un.
    #[default]
    None,
    /// Selon la part des 75 ans ou plus.
    Elderly,
    /// Selon le taux de pauvreté.
    Poverty,
    /// Selon l’indice de défavorisation.
    Deprivation,
}

/// Which table is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Shown {
    /// Les sites choisis et pourquoi.
    #[default]
    Sites,
    /// Les communes amenées par chaque site.
    Communes,
    /// La courbe de gain, de 1 à k sites.
    Curve,
}
