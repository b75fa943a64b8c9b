//! The evidence of a tenant's consent.
