namespace Jellyfin.Plugin.Jellyward;

/// <summary>The engine's answer to a login.</summary>
internal sealed record Verdict(string Outcome, int Status, bool Session, bool AnnounceFailure, string[][] Headers, JsonElement? Body) {
    /// <summary>Jellyfin's own refusal.</summary>
    public static readonly Verdict Stock = new("refuse", StatusCodes.Status401Unauthorized, false, false, [], null);
    /// <summary>Too many logins at once. Some clients retry at once on anything but a 401.</summary>
    public static readonly Verdict Busy = Stock with { Headers = [["Retry-After", Slots.RetryAfter]] };
}

/// <summary>Whether a call of Jellyfin's own may run, and what to answer where it may not.</summary>
internal sealed record Passage(bool Pass, int Status, string[][] Headers, JsonElement? Body) {
    /// <summary>The engine is there, and could not be asked.</summary>
    public static readonly Passage Shut = new(false, StatusCodes.Status503ServiceUnavailable, [["Retry-After", Slots.RetryAfter]], null);
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

    public static ContentResult Result(object value, int status = StatusCodes.Status200OK, string type = "application/json; charset=utf-8") =>
        new() { StatusCode = status, ContentType = type, Content = Encoding.UTF8.GetString(Of(value)) };

    /// <summary>What is said where the engine cannot speak: its form, the words of the standard.</summary>
    public static ContentResult Refuse(int status, string code) =>
        Problem(new { type = "about:blank", title = ReasonPhrases.GetReasonPhrase(status), status, code }, status);

    public static ContentResult Problem(object problem, int status) => Result(problem, status, "application/problem+json");

    public static void Add(HttpResponse? response, string[][] headers) {
        foreach (var header in response is { HasStarted: false } ? headers : []) {
            response!.Headers.Append(header[0], header[1]);
        }
    }
}
