namespace Jellyfin.Plugin.Jellyward;

/// <summary>Has the engine put its script into the web client's first page. Outermost of all: before base URL, compression and
/// static files. Every other request costs a look at its path.</summary>
internal sealed class IndexStartupFilter(Ward ward) : IStartupFilter {
    /// <summary>Whatever would make the answer something other than the whole page, uncompressed.</summary>
    private static readonly string[] Unwanted = ["Accept-Encoding", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app => {
        app.Use(following => http => IsIndex(http.Request) ? Serve(http, following) : following(http));
        next(app);
    };

    /// <summary>GET or HEAD of …/web/ or …/web/index.html, in any case and with any number of slashes.</summary>
    private static bool IsIndex(HttpRequest request) {
        var path = request.Path.Value ?? string.Empty;
        if (!path.EndsWith('/') && !path.EndsWith("/index.html", StringComparison.OrdinalIgnoreCase)) { return false; }
        var folder = path[..path.LastIndexOf('/')].Split('/', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return "web".Equals(folder, StringComparison.OrdinalIgnoreCase) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));
    }

    private async Task Serve(HttpContext http, RequestDelegate following) {
        var (request, response, client) = (http.Request, http.Response, http.Response.Body);
        var (method, known) = (request.Method, request.Headers.IfNoneMatch.ToString());
        using var page = new MemoryStream();
        try {
            Array.ForEach(Unwanted, header => request.Headers.Remove(header));
            (request.Method, response.Body) = (HttpMethods.Get, page);
            await following(http).ConfigureAwait(false);
        } finally { (request.Method, response.Body) = (method, client); }
        var bytes = page.ToArray();
        if (response.StatusCode == StatusCodes.Status200OK && response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true && Rewrite(bytes) is { } rewritten) {
            bytes = rewritten;
            var tag = $"\"jw-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"";
            response.Headers.Remove("Last-Modified");
            response.Headers.Remove("Accept-Ranges");
            response.Headers.ETag = tag;
            response.ContentLength = bytes.Length;
            if (known.Contains(tag, StringComparison.Ordinal)) { (response.StatusCode, response.ContentLength, bytes) = (StatusCodes.Status304NotModified, null, []); }
        }
        if (!HttpMethods.IsHead(method) && bytes.Length > 0) { await response.Body.WriteAsync(bytes).ConfigureAwait(false); }
    }

    /// <returns>Null: the page stays as it is.</returns>
    private byte[]? Rewrite(byte[] page) {
        try {
            return ward.Engine?.Index(page) ?? (ward.Standing == Texts.Refusing ? Banner(page) : null);
        } catch (Exception e) {
            ward.Log.LogError(e, "The script was not put into the web client's page");
            return null;
        }
    }

    /// <summary>Everybody is refused, and the engine cannot say so.</summary>
    private static byte[] Banner(byte[] page) {
        const string Style = "position:fixed;z-index:99999;bottom:0;left:0;right:0;padding:1em;background:#7a1f1f;color:#fff;text-align:center";
        var html = Encoding.UTF8.GetString(page);
        var end = html.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase);
        return Encoding.UTF8.GetBytes(html.Insert(end < 0 ? html.Length : end, $"<div role=\"alert\" style=\"{Style}\">{Texts.Refusing}</div>"));
    }
}
