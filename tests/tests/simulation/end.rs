//! The end of a simulation: all is calm, what was late arrives, and everything is looked at.

use std::collections::BTreeSet;
use std::time::Duration;

use consent_http::clock;
use serde_json::{Value, json};
use tests::{Call, World, call};
use tokio::time::sleep;

use crate::acts::{path_of, staff};
use crate::net::HERE;
use crate::plan::{FACILITIES, Operation, Planned};
use crate::ran::End;
use crate::stage::{END, Stage, TABLE};

/// Of more tenants than these, only those are looked at whom something was done to.
const FEW: usize = 10;

impl Stage {
    /// All is over, and calm: what was sent late arrives, what providers keep is delivered, and everything is looked at.
    pub(crate) async fn end(&self) {
        sleep(Duration::from_secs(40)).await;
        self.net.say(END, "all is calm");
        for planned in &self.plan.planned {
            let Operation::Text(text) = &planned.operation else {
                continue;
            };
            let is_acknowledged = self.acknowledged.lock().unwrap()[&planned.id];
            if text.is_kept && !is_acknowledged {
                let calm = Planned {
                    is_calm: true,
                    ..planned.clone()
                };
                if !self.deliver(&calm, text, 500).await {
                    self.fails(format!(
                        "a text (#{}) was not taken when all was calm",
                        planned.id
                    ));
                }
            }
        }
        sleep(Duration::from_secs(10)).await;
        let publish = Operation::Publish { again: false };
        self.publish(&Planned::calm(publish), false).await;
        let read = self.read_all().await;
        *self.end.lock().unwrap() = read;
    }

    async fn read_all(&self) -> End {
        let tenants: Vec<(String, String)> = self.net.state().facts.tenants.keys().cloned().collect();
        let (count, touched) = (tenants.len(), self.touched());
        let mut end = End {
            keys: self
                .read(call("GET /.well-known/evidence-keys.json").nobody())
                .await,
            ..End::default()
        };
        for key in tenants {
            let (facility, tenant) = &key;
            let place = FACILITIES.iter().position(|id| id == facility).unwrap();
            let operation = Operation::View {
                facility: place,
                tenant: tenant.clone(),
            };
            self.perform(&Planned::calm(operation)).await;
            let view = self.calls.lock().unwrap().last().unwrap().clone();
            if view.is_done() {
                end.views.insert(key.clone(), view.body().clone());
            }
            if count > FEW && !touched.contains(tenant) {
                continue;
            }
            let path = path_of(place, tenant);
            if view.is_done() {
                let thread = self.get(&format!("{path}/messages?limit=200")).await;
                end.threads.insert(key.clone(), list(&thread["messages"]));
            }
            let history = self.get(&format!("{path}/consent/history?limit=200")).await;
            let mut records = list(&history["records"]);
            records.reverse();
            end.histories.insert(key.clone(), (records, history));
            let pack = self.get(&format!("{path}/consent/evidence")).await;
            end.packs.insert(key, pack);
        }
        for facility in FACILITIES {
            if !self.net.state().facts.facilities.contains_key(facility) {
                continue;
            }
            let path = format!("/v1/facilities/{facility}");
            let report = self.get(&format!("{path}/consent-report?limit=200")).await;
            let of_report = (list(&report["rows"]), report["totals"].clone());
            end.reports.insert(facility.to_owned(), of_report);
            let open = self.get(&format!("{path}/reviews?limit=200")).await;
            let decided = self
                .get(&format!("{path}/reviews?status=decided&limit=200"))
                .await;
            let reviews = [list(&open["reviews"]), list(&decided["reviews"])].concat();
            end.reviews
                .insert(facility.to_owned(), (reviews, open["open"].clone()));
        }
        let scan = serde_json::from_value(json!({"TableName": TABLE})).unwrap();
        let scanned = serde_json::to_value(self.net.database.scan(scan).unwrap()).unwrap();
        end.items = list(&scanned["Items"]);
        end
    }

    /// The tenants whom operations name, and the first and last of all.
    fn touched(&self) -> BTreeSet<String> {
        let mut touched = BTreeSet::new();
        for planned in &self.plan.planned {
            match &planned.operation {
                Operation::MoveOut { tenant, .. }
                | Operation::Box { tenant, .. }
                | Operation::Send { tenant, .. }
                | Operation::View { tenant, .. } => {
                    touched.insert(tenant.clone());
                }
                Operation::Register { details, .. } => {
                    touched.insert(details.tenant.clone());
                }
                Operation::Import { rows, .. } if rows.len() <= FEW => {
                    touched.extend(rows.iter().map(|row| row.tenant.clone()));
                }
                Operation::Import { rows, .. } => {
                    let ends = rows.first().into_iter().chain(rows.last());
                    touched.extend(ends.map(|row| row.tenant.clone()));
                }
                Operation::Ask { tenants, .. } => touched.extend(tenants.iter().cloned()),
                _ => {}
            }
        }
        touched
    }

    async fn get(&self, path: &str) -> Value {
        self.read(staff(usize::MAX, &format!("GET {path}"))).await
    }

    /// Reads something when all is calm. It is not part of the history.
    async fn read(&self, request: Call) -> Value {
        let here = self.here(usize::MAX, END.to_owned(), true, 0);
        let event = request.event();
        let path = event["rawPath"].as_str().unwrap();
        let text = event.to_string();
        let answer = self.instances[0].invoke_event(World::function_of(path), &text);
        let answer = HERE.scope(here, clock::with(self.clock(0), answer)).await;
        if answer.status != 200 {
            self.fails(format!("{path} is answered {} when all is calm", answer.status));
            return Value::Null;
        }
        answer.body()
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
