//! What stands in for AWS and others, in this process.

use axum::Router;
use tokio::net::TcpListener;

/// Serves these routes until the test ends. The address, without a path.
pub(crate) async fn served(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}
