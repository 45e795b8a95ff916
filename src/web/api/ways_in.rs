//! Calls under `Admin/Users` about what lets somebody else in: app passwords, trusted browsers, paired devices. Each is
//! taken away as its owner would, after a proof of the administrator's.

use super::{Desk, browsers as trusted, caller, demand_proof, devices as paired, problem, user, user_named};
use crate::gate::{app_password, pairing};
use crate::host::UserFacts;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

pub fn app_passwords(desk: &Desk<'_>) -> Result<Response, Problem> {
    let list = app_password::list(desk.cx, &asked_about(desk)?).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&list))
}

pub fn revoke_app_password(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let (administrator, user, id) = (caller(desk)?, user(desk, &mut fields)?, fields.integer("id")?);
    demand_proof(desk, &administrator, &mut fields)?;
    paired::revoked(desk, &user.id, id, &administrator.id)
}

pub fn browsers(desk: &Desk<'_>) -> Result<Response, Problem> {
    trusted::shown(desk, &asked_about(desk)?)
}

pub fn forget_browser(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let (administrator, user) = (caller(desk)?, user(desk, &mut fields)?);
    demand_proof(desk, &administrator, &mut fields)?;
    trusted::forgotten(desk, &user.id, &mut fields, &administrator.id)
}

pub fn devices(desk: &Desk<'_>) -> Result<Response, Problem> {
    let user = asked_about(desk)?;
    // No window of the administrator's opens anything for somebody else.
    let devices = pairing::list(desk.cx, &user, None).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&devices))
}

pub fn forget_device(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let (administrator, user, id) = (caller(desk)?, user(desk, &mut fields)?, fields.integer("id")?);
    demand_proof(desk, &administrator, &mut fields)?;
    paired::forgotten(desk, &user.id, id, &administrator.id)
}

fn asked_about(desk: &Desk<'_>) -> Result<UserFacts, Problem> {
    user_named(desk, &desk.request.parameter("user").unwrap_or_default())
}
