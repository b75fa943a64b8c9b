//! AWS, as a simulation answers for it.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::retry::RetryPartition;

/// The way of a simulation's functions to AWS.
#[derive(Debug, Clone)]
pub struct Simulated {
    configuration: SdkConfig,
    /// The SDK keeps count of retries here, and otherwise for the whole process.
    partition: RetryPartition,
}

impl Simulated {
    /// Everything goes the way that this configuration says.
    pub fn new(configuration: SdkConfig) -> Self {
        let partition = RetryPartition::custom("simulation").build();
        Self {
            configuration,
            partition,
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

    /// The configuration of a client of Secrets Manager.
    pub(crate) fn secrets(&self) -> aws_sdk_secretsmanager::config::Builder {
        let config = aws_sdk_secretsmanager::config::Builder::from(&self.configuration);
        config.retry_partition(self.partition.clone())
    }

    pub(crate) fn configuration(&self) -> SdkConfig {
        self.configuration.clone()
    }
}
