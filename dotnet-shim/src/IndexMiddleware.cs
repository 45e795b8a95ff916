using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>
/// Has the engine put its script into the web client's first page. Outermost of all: before base URL, compression and
/// static files. Every other request costs a look at its path.
/// </summary>
internal sealed class IndexStartupFilter(Ward ward) : IStartupFilter
{
    /// <summary>Whatever would make the answer something other than the whole page, uncompressed.</summary>
    private static readonly string[] Unwanted =
        ["Accept-Encoding", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => http => IsIndex(http.Request) ? Serve(http, following) : following(http));
        next(app);
    };

    private static bool IsIndex(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.Path.Value is { } path
        && (path.EndsWith('/') || path.EndsWith("index.html", StringComparison.OrdinalIgnoreCase))
        && string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries)) is var parts
        && (path.EndsWith('/') ? parts : parts.Length > 11 ? parts[..^11] : string.Empty) is var folder
        && (folder.Equals("web", StringComparison.OrdinalIgnoreCase) || folder.EndsWith("/web", StringComparison.OrdinalIgnoreCase));

    private async Task Serve(HttpContext http, RequestDelegate following)
    {
        var (request, response, client) = (http.Request, http.Response, http.Response.Body);
        var (method, known) = (request.Method, request.Headers.IfNoneMatch);
        using var page = new MemoryStream();
        foreach (var header in Unwanted)
        {
            request.Headers.Remove(header);
        }

        request.Method = HttpMethods.Get;
        response.Body = page;
        try
        {
            await following(http).ConfigureAwait(false);
        }
        finally
        {
            response.Body = client;
            request.Method = method;
        }

        var bytes = page.ToArray();
        if (response.StatusCode == StatusCodes.Status200OK && response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true && Rewrite(bytes) is { } rewritten)
        {
            bytes = rewritten;
            response.Headers.ETag = $"\"jw-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"";
            response.Headers.Remove("Last-Modified");
            response.Headers.Remove("Accept-Ranges");
            if (known.ToString().Contains(response.Headers.ETag!, StringComparison.Ordinal))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.ContentLength = null;
                return;
            }

            response.ContentLength = bytes.Length;
        }

        if (!HttpMethods.IsHead(method) && bytes.Length > 0)
        {
            await response.Body.WriteAsync(bytes).ConfigureAwait(false);
        }
    }

    /// <returns>Null: the page stays as it is.</returns>
    private byte[]? Rewrite(byte[] page)
    {
        try
        {
            return ward.Engine?.Index(page) ?? (ward.Refusing ? Banner(page) : null);
        }
        catch (Exception e)
        {
            ward.Log.LogError(e, "The script was not put into the web client's page");
            return null;
        }
    }

    /// <summary>Everybody is refused and the engine cannot say so.</summary>
    private static byte[] Banner(byte[] page)
    {
        var html = Encoding.UTF8.GetString(page);
        var end = html.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase);
        const string Banner = $"<div role=\"alert\" style=\"position:fixed;z-index:99999;bottom:0;left:0;right:0;padding:1em;background:#7a1f1f;color:#fff;text-align:center\">{Texts.Refusing}</div>";
        return Encoding.UTF8.GetBytes(end < 0 ? html + Banner : html.Insert(end, Banner));
    }
}
