namespace Jellyfin.Plugin.Jellyward;

/// <summary>Every request under the engine's paths. Who may do what is the engine's to say; it gets the caller.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public class JellywardController : ControllerBase {
    [Route("Jellyward/{**path}")]
    public async Task<IActionResult> Handle() {
        var ward = HttpContext.RequestServices.GetRequiredService<Ward>();
        if (ward.Engine is not { } engine) { return Document.Refuse(StatusCodes.Status503ServiceUnavailable, "unavailable"); }
        var owned = engine.Owns(Request.Path.ToUriComponent());
        if (!owned.Owned) { return Document.Refuse(StatusCodes.Status404NotFound, "not_found"); }
        if (await Body(owned.MaxBody).ConfigureAwait(false) is not { } body) { return Document.Refuse(StatusCodes.Status413PayloadTooLarge, "too_large"); }
        var request = Document.Of(await Facts.Request(ward, HttpContext).ConfigureAwait(false));
        var call = new HostCall();
        if (await ward.Requests.Run(() => engine.Http(request, body, call)).ConfigureAwait(false) is not { } answer) {
            Response.Headers.RetryAfter = Slots.RetryAfter;
            return Document.Refuse(StatusCodes.Status503ServiceUnavailable, "busy");
        }
        Document.Add(Response, answer.Head.Headers);
        if (answer.Head.Session && call.Minted is { } minted) {
            // By Jellyfin's own formatters, in the casing the client asked for; a type set beforehand would rule them out.
            Response.Headers.ContentType = default;
            return new ObjectResult(minted) { StatusCode = answer.Head.Status, DeclaredType = typeof(AuthenticationResult) };
        }
        Response.StatusCode = answer.Head.Session ? StatusCodes.Status500InternalServerError : answer.Head.Status;
        var content = HttpMethods.IsHead(Request.Method) ? [] : answer.Content;
        await Response.Body.WriteAsync(content).ConfigureAwait(false);
        return new EmptyResult();
    }

    /// <summary>The body, or null where it is longer than it may be; then it is not read to its end.</summary>
    private async Task<byte[]?> Body(int longest) {
        if (Request.ContentLength > longest) { return null; }
        var bytes = new byte[(Request.ContentLength ?? longest) + 1];
        var read = await Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, HttpContext.RequestAborted).ConfigureAwait(false);
        var body = read > longest ? null : bytes[..read];
        CryptographicOperations.ZeroMemory(bytes);
        return body;
    }

    /// <summary>What the dashboard page shows while there is no engine to show anything.</summary>
    [HttpGet("JellywardShim/Status"), Authorize(Policy = Policies.RequiresElevation)]
    public ContentResult Status() {
        var ward = HttpContext.RequestServices.GetRequiredService<Ward>();
        var version = typeof(Plugin).Assembly.GetName().Version;
        return Document.Result(new { open = ward.Engine is not null, armed = ward.Armed, reason = ward.Trouble, version, banners = ward.Banners });
    }
}

/// <summary>Routes the engine's paths outside of /Jellyward/. Where another plugin answers under /TwoFactorAuth/, or at the very
/// path, it keeps it: two of one kind would break both.</summary>
internal sealed class AliasConvention(Ward ward) : IApplicationModelConvention {
    public void Apply(ApplicationModel application) {
        var taken = application.Controllers.Where(controller => controller.ControllerType != typeof(JellywardController)).SelectMany(Templates).ToList();
        ward.TwoGates = taken.Any(IsGate);
        var free = Lib.Aliases.Where(alias => !(ward.TwoGates && IsGate(alias)) && !taken.Contains(alias, StringComparer.OrdinalIgnoreCase)).ToList();
        var handle = application.Controllers.SelectMany(controller => controller.Actions).First(action => action.ActionMethod == typeof(JellywardController).GetMethod(nameof(JellywardController.Handle)));
        free.ForEach(alias => handle.Selectors.Add(new() { AttributeRouteModel = new(new RouteAttribute(alias)) }));
    }

    private static IEnumerable<string> Templates(ControllerModel controller) =>
        from action in controller.Actions from before in controller.Selectors from behind in action.Selectors
        select AttributeRouteModel.CombineTemplates(before.AttributeRouteModel?.Template, behind.AttributeRouteModel?.Template)?.TrimStart('/', '~') ?? string.Empty;

    private static bool IsGate(string path) => path.StartsWith("TwoFactorAuth", StringComparison.OrdinalIgnoreCase);
}
