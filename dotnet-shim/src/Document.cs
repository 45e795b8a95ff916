using System.Text.Json;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>The engine's answer to a login.</summary>
internal sealed record Verdict(string Outcome, int Status, bool Session, bool AnnounceFailure, string[][] Headers, JsonElement? Body) {
    /// <summary>Jellyfin's own refusal.</summary>
    public static readonly Verdict Stock = new("refuse", StatusCodes.Status401Unauthorized, false, false, [], null);
    /// <summary>Too many logins at once. Some clients retry at once on anything but a 401.</summary>
    public static readonly Verdict Busy = Stock with { Headers = [["Retry-After", Slots.RetryAfter]] };
}

/// <summary>Whether a path is the engine's, and how large a body it takes there.</summary>
internal sealed record Ownership(bool Owned, int MaxBody);

/// <summary>The engine's answer to a request, the body apart.</summary>
internal sealed record Head(int Status, string[][] Headers, bool Session);

/// <summary>The form in which everything crosses.</summary>
internal static class Document {
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    public static byte[] Of(object? value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);
    public static T Read<T>(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<T>(bytes, Options) ?? throw new JsonException("null");

    public static ContentResult Result(object value, int status = StatusCodes.Status200OK, string type = "application/json") =>
        new() { StatusCode = status, ContentType = type, Content = Encoding.UTF8.GetString(Of(value)) };

    public static void Add(HttpResponse? response, string[][] headers) {
        foreach (var header in response is { HasStarted: false } ? headers : []) {
            response!.Headers.Append(header[0], header[1]);
        }
    }
}
