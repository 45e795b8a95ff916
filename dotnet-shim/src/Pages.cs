using System.Reflection;
using MediaBrowser.Common.Api;
using MediaBrowser.Controller.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>Every request under the engine's paths. Who may do what is the engine's to say; it gets the caller.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public class JellywardController : ControllerBase
{
    [Route("Jellyward/{**path}")]
    [Route("TwoFactorAuth/Setup")]
    [Route("TwoFactorAuth/Login")]
    [Route("sso/2fa")]
    public async Task<IActionResult> Handle()
    {
        var ward = HttpContext.RequestServices.GetRequiredService<Ward>();
        if (ward.Engine is not { } engine)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, "unavailable");
        }

        var owned = engine.Owns(Request.Path.ToUriComponent());
        if (!owned.Owned)
        {
            return Problem(StatusCodes.Status404NotFound, "not_found");
        }

        if (await Body(owned.MaxBody).ConfigureAwait(false) is not { } body)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, "too_large");
        }

        var request = Document.Of(await Facts.Request(ward, HttpContext).ConfigureAwait(false));
        var call = new HostCall();
        var answer = await ward.Requests.Run(() => Answer(ward, engine, request, body, call)).ConfigureAwait(false);
        if (answer is null)
        {
            Response.Headers.RetryAfter = "5";
            return Problem(StatusCodes.Status503ServiceUnavailable, "busy");
        }

        Document.Add(Response, answer.Head.Headers);
        Response.StatusCode = answer.Head.Status;
        if (answer.Head.Session)
        {
            // By Jellyfin's own formatters, in the casing the client asked for.
            return call.Minted is { } minted
                ? new ObjectResult(minted) { StatusCode = answer.Head.Status, DeclaredType = typeof(AuthenticationResult) }
                : Problem(StatusCodes.Status500InternalServerError, "failed");
        }

        Response.ContentLength = answer.Content.Length;
        if (!HttpMethods.IsHead(Request.Method))
        {
            await Response.Body.WriteAsync(answer.Content).ConfigureAwait(false);
        }

        return new EmptyResult();
    }

    private static Answered Answer(Ward ward, Engine engine, byte[] request, byte[] body, HostCall call)
    {
        try
        {
            var (head, content) = engine.Http(request, body, call);
            return new(head, content);
        }
        catch (EngineException e)
        {
            ward.Log.LogError(e, "The engine did not answer a request");
            return new(new(StatusCodes.Status500InternalServerError, [], false), []);
        }
    }

    /// <summary>The body, or null where it is longer than it may be; then not read to its end.</summary>
    private async Task<byte[]?> Body(int longest)
    {
        if (Request.ContentLength > longest)
        {
            return null;
        }

        var bytes = new byte[Math.Min(Request.ContentLength ?? longest, longest) + 1];
        var read = await Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, HttpContext.RequestAborted).ConfigureAwait(false);
        return read > longest ? null : bytes[..read];
    }

    /// <summary>What is said where the engine cannot speak: the same form, the texts of the standard.</summary>
    private ContentResult Problem(int status, string code) => new()
    {
        StatusCode = status,
        ContentType = "application/problem+json",
        Content = System.Text.Encoding.UTF8.GetString(Document.Of(new { type = "about:blank", title = ReasonPhrases.GetReasonPhrase(status), status, code })),
    };

    private sealed record Answered(Head Head, byte[] Content);
}

/// <summary>What the dashboard page shows while there is no engine to show anything.</summary>
[ApiController]
[Route("JellywardShim/Status")]
[Authorize(Policy = Policies.RequiresElevation)]
[ApiExplorerSettings(IgnoreApi = true)]
public class StatusController : ControllerBase
{
    [HttpGet]
    public ContentResult Get()
    {
        var ward = HttpContext.RequestServices.GetRequiredService<Ward>();
        var open = ward.Engine is not null;
        string?[] banners =
        [
            open ? null : ward.Armed ? Texts.Refusing : Texts.Unprotected,
            ward.Unlock.Until is { } until ? $"{Texts.Unlocked} {until:u}." : null,
            Library.Replaced ? Texts.RestartProcess : null,
            ward.TwoGates ? Texts.TwoGates : null,
        ];
        var version = typeof(Plugin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var status = new { open, armed = ward.Armed, reason = ward.Trouble, version, banners = banners.Where(banner => banner is not null) };
        return new ContentResult { ContentType = "application/json", Content = System.Text.Encoding.UTF8.GetString(Document.Of(status)) };
    }
}

/// <summary>Another plugin that answers under /TwoFactorAuth/ keeps its routes: two of one kind would break both.</summary>
internal sealed class AliasConvention(Ward ward) : IApplicationModelConvention
{
    public void Apply(ApplicationModel application)
    {
        var ours = application.Controllers.Where(controller => controller.ControllerType == typeof(JellywardController)).SelectMany(controller => controller.Actions).ToList();
        ward.TwoGates = application.Controllers.Where(controller => controller.ControllerType != typeof(JellywardController))
            .SelectMany(controller => controller.Selectors.Concat(controller.Actions.SelectMany(action => action.Selectors))).Any(IsAlias);
        foreach (var selector in ours.SelectMany(action => action.Selectors.Where(selector => ward.TwoGates && IsAlias(selector)).Select(selector => (action, selector))).ToList())
        {
            selector.action.Selectors.Remove(selector.selector);
        }
    }

    private static bool IsAlias(SelectorModel selector) =>
        selector.AttributeRouteModel?.Template?.TrimStart('/', '~').StartsWith("TwoFactorAuth", StringComparison.OrdinalIgnoreCase) == true;
}
