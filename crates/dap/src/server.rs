//! Serving a client: from its first message to its last.

use serde_json::json;

use crate::connection::Connection;
use crate::frame::FrameError;
use crate::from_dap::{Initialize, Launch, arguments};
use crate::session::Session;
use crate::to_dap;

/// Makes programs and recordings into sessions.
pub trait Launcher {
    /// Loads what is to be debugged.
    ///
    /// # Errors
    /// It cannot be; in words for the user.
    fn launch(&mut self, launch: &Launch) -> Result<Box<dyn Session>, String>;
}

/// Answers a client until it goes. What was debugged ends with it.
///
/// # Errors
/// What the client sends cannot be told apart any more. It was told so.
pub fn serve(connection: &mut Connection, launcher: &mut dyn Launcher) -> Result<(), FrameError> {
    let mut client: Option<Initialize> = None;
    let mut session: Option<Box<dyn Session>> = None;
    while let Some(request) = connection.next() {
        match (request.command.as_str(), &mut session) {
            ("initialize", _) if client.is_some() => {
                connection.refuse(&request, "`initialize` comes once, and first");
            }
            ("initialize", _) => match arguments(&request) {
                Ok(about) => {
                    client = Some(about);
                    connection.respond(&request, to_dap::capabilities());
                }
                Err(reason) => connection.refuse(&request, &reason),
            },
            ("disconnect", _) => {
                connection.respond(&request, json!({}));
                break;
            }
            ("attach", _) => {
                let reason =
                    "there is nothing to attach to: use `launch` with `program` or `recording`";
                connection.refuse(&request, reason);
            }
            ("launch", Some(_)) => {
                connection.refuse(&request, "something was launched already; `disconnect` ends it");
            }
            ("launch", None) => {
                let Some(client) = client else {
                    connection.refuse(&request, "`initialize` comes first");
                    continue;
                };
                let launched = arguments::<Launch>(&request).and_then(|it| launcher.launch(&it));
                match launched {
                    Ok(mut new) => {
                        new.begin(client.lines_start_at1, client.columns_start_at1);
                        session = Some(new);
                        connection.respond(&request, json!({}));
                        connection.tell("initialized", json!({}));
                    }
                    Err(reason) => connection.refuse(&request, &reason),
                }
            }
            (_, Some(session)) => session.handle(&request, connection),
            (_, None) => {
                let reason = format!("nothing was launched yet: `{}` comes later", request.command);
                connection.refuse(&request, &reason);
            }
        }
    }
    connection.failure().map_or(Ok(()), Err)
}
