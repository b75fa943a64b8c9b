//! Texts in doubt hold texts back until a person has read them, and what the decision does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::Value;
use tests::{ADA, World};

mod decisions;
mod holds;

/// A text in doubt.
pub(super) const DOUBT: &str = "wrong number";

/// A plain opt-out that leaves the number to be corrected.
pub(super) const NOT_MINE: &str = "wrong number, stop";

/// Ada, on hold from the text `M1`, with its review.
pub(super) async fn held() -> (World, Value) {
    let world = World::with_ada().await;
    world.text("M1", ADA, DOUBT).await;
    let review = world.open_review().await;
    (world, review)
}

/// Whether texts to a tenant are held back, and by which review.
pub(super) async fn hold(world: &World, tenant: &str) -> Option<String> {
    let hold = world.view(tenant).await["hold"].clone();
    hold["review_id"].as_str().map(str::to_owned)
}

/// How the only decided review ended.
pub(super) async fn ending(world: &World) -> String {
    let page = world.reviews("f1/reviews?status=decided").await;
    assert_eq!(page["open"], 0, "{page}");
    assert_eq!(page["reviews"].as_array().unwrap().len(), 1, "{page}");
    page["reviews"][0]["decision"].as_str().unwrap().to_owned()
}
