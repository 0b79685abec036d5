//! Serves the invented territory of the tests, to look at.
#[path = "../tests/it/world.rs"]
mod world;

#[tokio::main]
async fn main() {
    let state = if std::env::args().nth(2).is_some() { world::training() } else { world::portal() };
    let port = std::env::args().nth(1).unwrap_or("8099".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
    pacte_portal::serve(state, listener, std::future::pending()).await.unwrap();
}
