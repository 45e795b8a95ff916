namespace Jellyfin.Plugin.Jellyward;

/// <summary>Asks the engine before one of Jellyfin's own calls that it watches, and before what administrators change by those of
/// other plugins. It stands in front of those alone, and behind the one that begins Quick Connect: any other call costs nothing.</summary>
internal sealed class ActionFilter(Ward ward) : IAsyncActionFilter, IActionModelConvention {
    /// <summary>In 10 there is an older spelling of it.</summary>
    private static readonly string[] Begins = ["QuickConnect.InitiateQuickConnect", "QuickConnect.InitiateQuickConnectLegacy"];

    public void Apply(ActionModel action) {
        var name = $"{action.Controller.ControllerName}.{action.ActionName}";
        if (Lib.Watched.ContainsKey(name) || Begins.Contains(name) || IsElsewhere(action)) { action.Filters.Add(this); }
    }

    private static bool IsElsewhere(ActionModel action) {
        var home = AssemblyLoadContext.GetLoadContext(action.Controller.ControllerType.Assembly);
        var methods = action.Attributes.OfType<IActionHttpMethodProvider>().SelectMany(attribute => attribute.HttpMethods).ToList();
        return home != AssemblyLoadContext.Default && home != AssemblyLoadContext.GetLoadContext(typeof(ActionFilter).Assembly)
            && action.Attributes.Concat(action.Controller.Attributes).OfType<AuthorizeAttribute>().Any(rule => rule.Policy == Policies.RequiresElevation)
            && (methods.Count == 0 || methods.Exists(method => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)));
    }

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next) {
        var name = Facts.Name(context.ActionDescriptor);
        var watched = Lib.Watched.ContainsKey(name) ? name : Begins.Contains(name) ? null : Lib.OtherPlugins;
        if (watched is not null && ward.Watching is { } engine && await Stop(engine, context, watched).ConfigureAwait(false)) { return; }
        var ran = await next().ConfigureAwait(false);
        if (ran.Result is ObjectResult { Value: QuickConnectResult begun }) {
            var remote = context.HttpContext.GetNormalizedRemoteIP().ToString();
            await ward.Tell(new { @event = "quickConnectStarted", code = begun.Code, app = begun.AppName, version = begun.AppVersion, deviceId = begun.DeviceId, deviceName = begun.DeviceName, remote }).ConfigureAwait(false);
        }
    }

    private async Task<bool> Stop(Engine engine, ActionExecutingContext context, string name) {
        var action = Document.Of(await Facts.Action(ward, context, name).ConfigureAwait(false));
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
