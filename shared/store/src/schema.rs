//! The table.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType,
};

/// Creates the table, unless it exists.
pub async fn create_table(client: &Client, table_name: &str) -> Result<(), SdkError<CreateTableError>> {
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
    };
    let key = |name: &str, kind| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
    };
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build();
    let created = client
        .create_table()
        .table_name(table_name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(vec![
            attribute("PK").map_err(SdkError::construction_failure)?,
            attribute("SK").map_err(SdkError::construction_failure)?,
        ]))
        .set_key_schema(Some(vec![
            key("PK", KeyType::Hash).map_err(SdkError::construction_failure)?,
            key("SK", KeyType::Range).map_err(SdkError::construction_failure)?,
        ]))
        .stream_specification(stream.map_err(SdkError::construction_failure)?)
        .send()
        .await;
    match created {
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            Ok(())
        }
        other => other.map(|_| ()),
    }
}
