using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jellyward.Plugin.Tests.Support;

/// <summary>An API client that shows everything as it came: no redirects followed, no cookies kept, nothing unpacked.</summary>
internal sealed class Client(Uri address) {
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(2) }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };

    public Uri Address => address;

    public static string Header(string device = "tv", string id = "tv-1", string? token = null) =>
        $"MediaBrowser Client=\"Test\", Device=\"{device}\", DeviceId=\"{id}\", Version=\"1.0\"" + (token is null ? string.Empty : $", Token=\"{token}\"");

    /// <summary>Proves by the password that somebody without a factor is there.</summary>
    public static object Proof(string name) => new { method = "password", value = $"{name}-pw" };

    /// <summary>A call that stops the administrator for want of the password is made again with it, as the script in the web client does.</summary>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body = null, string? token = null, Action<HttpRequestMessage>? with = null) {
        var answer = await SendOnce(method, path, body, token, with);
        if (token is null || !answer.Headers.Contains("X-Jellyward") || (string?)JsonNode.Parse(await Text(answer))!["proofs"]?[0] != "password") {
            return answer;
        }

        answer.Dispose();
        using var proven = await SendOnce(HttpMethod.Post, "Jellyward/Api/Account/Prove", new { proof = Proof("admin") }, token, null);
        Assert.Equal(HttpStatusCode.OK, proven.StatusCode);
        return await SendOnce(method, path, body, token, with);
    }

    private Task<HttpResponseMessage> SendOnce(HttpMethod method, string path, object? body, string? token, Action<HttpRequestMessage>? with) {
        var request = new HttpRequestMessage(method, path.StartsWith("//", StringComparison.Ordinal) ? new Uri(address.GetLeftPart(UriPartial.Authority) + path) : new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", Header(token: token));
        if (body is not null) {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        with?.Invoke(request);
        return _http.SendAsync(request);
    }

    public async Task<HttpStatusCode> Status(HttpMethod method, string path, string? token = null) {
        using var answer = await Send(method, path, token: token);
        return answer.StatusCode;
    }

    public async Task<JsonNode> Json(HttpMethod method, string path, object? body = null, string? token = null) {
        using var answer = await Send(method, path, body, token);
        return await Read(answer);
    }

    /// <summary>The stock login. The device's name and id go into the Authorization header.</summary>
    public Task<HttpResponseMessage> Login(string name, string? password = null, string device = "tv", string? id = null, string path = "Users/AuthenticateByName", Action<HttpRequestMessage>? with = null) =>
        Send(HttpMethod.Post, path, new { Username = name, Pw = password ?? $"{name}-pw" }, with: request => {
            Replace(request, "Authorization", Header(device, id ?? $"{name}-{device}"));
            with?.Invoke(request);
        });

    /// <summary>Signs in, which has to work.</summary>
    public async Task<string> Token(string name, string? password = null, string device = "tv", string? id = null) {
        using var answer = await Login(name, password, device, id);
        return (string)(await Read(answer))["AccessToken"]!;
    }

    /// <summary>The device ids for which a user has a token.</summary>
    public async Task<List<string>> Devices(string admin, string user) {
        var id = await UserId(admin, user);
        var all = await Json(HttpMethod.Get, "Devices", token: admin);
        return all["Items"]!.AsArray().Where(device => Same(device!["LastUserId"], id)).Select(device => (string)device!["Id"]!).ToList();
    }

    public async Task<string> UserId(string admin, string name) {
        var users = await Json(HttpMethod.Get, "Users", token: admin);
        return (string)users.AsArray().Single(user => (string)user!["Name"]! == name)!["Id"]!;
    }

    /// <summary>Changes an account's policy as the dashboard does: reads the whole, writes the whole.</summary>
    public async Task Policy(string admin, string name, Action<JsonNode> change) {
        var id = await UserId(admin, name);
        var user = await Json(HttpMethod.Get, $"Users/{id}", token: admin);
        change(user["Policy"]!);
        using var answer = await Send(HttpMethod.Post, $"Users/{id}/Policy", user["Policy"], admin);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>Rows of the activity log of one kind that name somebody.</summary>
    public async Task<int> Activities(string admin, string type, string name = "") {
        var log = await Json(HttpMethod.Get, "System/ActivityLog/Entries", token: admin);
        return log["Items"]!.AsArray().Count(row => (string)row!["Type"]! == type && ((string)row["Name"]!).Contains(name, StringComparison.Ordinal));
    }

    public static async Task<JsonNode> Read(HttpResponseMessage answer) {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public static void Replace(HttpRequestMessage request, string header, string? value) {
        request.Headers.Remove(header);
        if (value is not null) {
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }

    /// <summary>The body, unpacked.</summary>
    public static async Task<string> Text(HttpResponseMessage answer) {
        await using var body = new MemoryStream(await answer.Content.ReadAsByteArrayAsync());
        await using Stream plain = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch {
            "gzip" => new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionMode.Decompress),
            "br" => new System.IO.Compression.BrotliStream(body, System.IO.Compression.CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync();
    }

    private static bool Same(JsonNode? id, string other) => id is not null && Guid.Parse((string)id!) == Guid.Parse(other);
}
