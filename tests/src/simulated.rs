//! AWS and the providers, as a simulation answers for them.

use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_types::SdkConfig;
use consent_texts::Exchange;

/// The way of a simulation's functions to AWS and to providers.
#[derive(Clone)]
pub struct Simulated {
    configuration: SdkConfig,
    /// The SDK keeps count of retries here, and otherwise for the whole process.
    partition: RetryPartition,
    others: Exchange,
}

impl Simulated {
    /// Everything goes the ways that are given: to AWS by this configuration, to other providers by `others`.
    pub fn new(configuration: SdkConfig, others: Exchange) -> Self {
        let partition = RetryPartition::custom("simulation").build();
        Self {
            configuration,
            partition,
            others,
        }
    }

    /// A client of the database.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::config::Builder::from(&self.configuration);
        aws_sdk_dynamodb::Client::from_conf(config.retry_partition(self.partition.clone()).build())
    }

    /// A client of SNS.
    pub(crate) fn sns(&self) -> aws_sdk_sns::Client {
        let config = aws_sdk_sns::config::Builder::from(&self.configuration);
        aws_sdk_sns::Client::from_conf(config.retry_partition(self.partition.clone()).build())
    }

    /// A client of KMS.
    pub(crate) fn kms(&self) -> aws_sdk_kms::Client {
        let config = aws_sdk_kms::config::Builder::from(&self.configuration);
        aws_sdk_kms::Client::from_conf(config.retry_partition(self.partition.clone()).build())
    }

    /// The configuration of a client of Secrets Manager.
    pub(crate) fn secrets(&self) -> aws_sdk_secretsmanager::config::Builder {
        let config = aws_sdk_secretsmanager::config::Builder::from(&self.configuration);
        config.retry_partition(self.partition.clone())
    }

    /// The way to the providers without an SDK.
    pub(crate) fn others(&self) -> Exchange {
        self.others.clone()
    }

    pub(crate) fn configuration(&self) -> SdkConfig {
        self.configuration.clone()
    }
}
