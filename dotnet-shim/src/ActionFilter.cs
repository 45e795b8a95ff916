namespace Jellyfin.Plugin.Jellyward;

/// <summary>Asks the engine before one of Jellyfin's own calls that it watches; any other costs one look into a set.</summary>
internal sealed class ActionFilter(Ward ward) : IAsyncActionFilter {
    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next) {
        var action = Facts.Name(context.ActionDescriptor);
        if (ward.Watching(action) is { } engine && await Stop(engine, context).ConfigureAwait(false)) { return; }
        var ran = await next().ConfigureAwait(false);
        // In 10 there is an older spelling of it.
        if (action is "QuickConnect.InitiateQuickConnect" or "QuickConnect.InitiateQuickConnectLegacy" && ran.Result is ObjectResult { Value: QuickConnectResult begun }) {
            var remote = context.HttpContext.GetNormalizedRemoteIP().ToString();
            await ward.Tell(new { @event = "quickConnectStarted", code = begun.Code, app = begun.AppName, version = begun.AppVersion, deviceId = begun.DeviceId, deviceName = begun.DeviceName, remote }).ConfigureAwait(false);
        }
    }

    private async Task<bool> Stop(Engine engine, ActionExecutingContext context) {
        var action = Document.Of(await Facts.Action(ward, context, engine.Watched[Facts.Name(context.ActionDescriptor)]).ConfigureAwait(false));
        var passage = await ward.Requests.Run(() => engine.Action(action)).ConfigureAwait(false) ?? Passage.Shut;
        if (!passage.Pass) {
            Document.Add(context.HttpContext.Response, passage.Headers);
            if (passage is { Body: null, Status: StatusCodes.Status400BadRequest }) { throw new ArgumentException("The client left something out"); }
            if (passage is { Body: null, Status: StatusCodes.Status401Unauthorized }) { throw new LoginStoppedException("Invalid username or password entered."); }
            context.Result = passage.Body is not { } body ? Document.Refuse(passage.Status, "unavailable")
                : passage.Status < StatusCodes.Status400BadRequest ? Document.Result(body, passage.Status) : Document.Problem(body, passage.Status);
        }
        return !passage.Pass;
    }
}
