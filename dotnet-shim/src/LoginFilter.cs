namespace Jellyfin.Plugin.Jellyward;

/// <summary>No session, and what to say instead. Of Jellyfin's own type, so that where no filter sees it (Quick Connect, another
/// plugin) it is a 401 all the same; never a SecurityException, which Jellyfin rewrites.</summary>
public class LoginStoppedException : AuthenticationException {
    internal LoginStoppedException(string message, Verdict? verdict = null) : base(message) => Verdict = verdict ?? Verdict.Stock;

    internal Verdict Verdict { get; }
}

/// <summary>Turns a stopped login into its answer. The stock 401 is left to Jellyfin, headers apart.</summary>
public class LoginFilter : IAsyncExceptionFilter {
    public Task OnExceptionAsync(ExceptionContext context) {
        if (context.Exception is LoginStoppedException { Verdict: var verdict }) {
            Document.Add(context.HttpContext.Response, verdict.Headers);
            if (verdict.Body is not null || verdict.Status != StatusCodes.Status401Unauthorized) {
                context.Result = new ContentResult { StatusCode = verdict.Status, ContentType = "application/json; charset=utf-8", Content = verdict.Body?.GetRawText() };
                context.ExceptionHandled = true;
            }
        }
        return Task.CompletedTask;
    }
}
