//! `pacte serve`: the portal.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use pacte_access::ground::Ground;
use pacte_access::reach::Surroundings;
use pacte_portal::aids::Aids;
use pacte_portal::workbench::Workbench;
use pacte_programmes::shelf::Refresh;
use pacte_roads::network::Network;
use pacte_territory::Territory;
use tokio::net::TcpListener;

use crate::cli::Serve;
use crate::data_dir::{DataDir, Opened};
use crate::progress::step;

/// Between two looks at the definitions of `--pacts`.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Opens the portal on the territory in use, computing its access first when that was not done.
pub(crate) fn run(data: &DataDir, options: &Serve) -> Result<()> {
    let opened = step("Ouverture du territoire", || data.atlas())?;
    open(data, opened, options)
}

/// Serves until the process is asked to stop.
pub(crate) fn open(data: &DataDir, opened: Opened, asked: &Serve) -> Result<()> {
    let settings = data.settings()?;
    let address = asked.listen.unwrap_or(settings.listen);
    let theme = settings.theme.map(|theme| if theme.is_absolute() { theme } else { data.root().join(theme) });
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("PACTE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let roads = match opened.roads() {
        Some(network) => step("Communes de chaque route", || Ok(surroundings(data, &opened.territory, network)))?,
        None => Vec::new(),
    };
    let Opened { territory, atlas, version, options, hash, .. } = opened;
    let workbench = step("Atelier de décision", || {
        let ground = Arc::new(Ground::new(Arc::clone(&territory), &options)?);
        Ok(Workbench::open(ground, hash, &data.decisions())?)
    })?;
    let aids = match &asked.pacts {
        Some(folder) => {
            Some(step("Définitions des programmes", || Aids::open(folder).map_err(|faults| anyhow!(faults)))?)
        }
        None => None,
    };
    let watched = aids.is_some();
    let options = pacte_portal::Options { hash: version, theme, roads, workbench: Some(workbench), aids };
    let state = pacte_portal::Portal::open(territory, atlas, options)?;
    let portal = Arc::clone(&state);
    // Read before the first visitor asks, then again whenever a definition changes.
    std::thread::spawn(move || {
        portal.warm();
        if !watched {
            return;
        }
        loop {
            std::thread::sleep(LOOK_AGAIN);
            match portal.aids.refresh() {
                Refresh::Same => {}
                Refresh::Changed => eprintln!("Définitions des programmes relues."),
                Refresh::Refused => eprintln!(
                    "ATTENTION : les définitions écrites ont une erreur, les précédentes restent en vigueur :\n{}",
                    portal.aids.trouble().unwrap_or_default()
                ),
            }
        }
    });
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async move {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("le portail ne peut pas écouter sur {address} : l’adresse est-elle déjà prise ? (--listen 127.0.0.1:AUTRE_PORT)")
        })?;
        println!("Portail ouvert : http://{}/  (Ctrl+C pour fermer)", listener.local_addr()?);
        pacte_portal::serve(state, listener, stop_asked()).await.context("le portail s’est arrêté")
    })
}

/// The territory and its networks: the one figures are computed by, then the others by name. A network that cannot be
/// opened is said and left out: the pages do without it.
fn surroundings(data: &DataDir, territory: &Arc<Territory>, first: &Arc<Network>) -> Vec<Arc<Surroundings>> {
    let mut networks = vec![Arc::clone(first)];
    match data.roads().require() {
        Ok(roads) => {
            let others = roads.report.profiles.iter().filter(|profile| profile.id != first.about().profile);
            for profile in others {
                match roads.network(&profile.id) {
                    Ok((network, _)) => networks.push(Arc::new(network)),
                    Err(error) => eprintln!("ATTENTION : {error:#}"),
                }
            }
        }
        Err(error) => eprintln!("ATTENTION : {error:#}"),
    }
    let with = |network| Arc::new(Surroundings::new(Arc::clone(territory), network));
    networks.into_iter().map(with).collect()
}

/// Resolves on Ctrl+C or on a polite termination.
async fn stop_asked() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler there is nothing to wait for but the process being killed.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
