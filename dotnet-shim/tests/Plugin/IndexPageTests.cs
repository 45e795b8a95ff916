using System.Net;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>The web client's first page gets the script whatever a browser, proxy or cache asks for.</summary>
public sealed class IndexPageTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private const string Script = "<head><script src=\"../Jellyward/Assets/inject.js\"></script>";

    private readonly Client _client = fixture.Client;

    [Theory]
    [InlineData("web/")]
    [InlineData("web/index.html")]
    [InlineData("WEB/INDEX.HTML")]
    [InlineData("web//index.html")]
    [InlineData("emby/web/index.html")]
    public async Task Every_spelling_of_the_page_has_the_script(string path) {
        using var answer = await _client.Send(HttpMethod.Get, path);
        var page = await Client.Text(answer);

        // Prefixes are gone on 12, and file names differ by case where the file system tells them apart.
        if (answer.StatusCode != HttpStatusCode.NotFound) {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(Script, page);
            Assert.Equal(page.Length, answer.Content.Headers.ContentLength);
        } else {
            Assert.Contains(path, new[] { "WEB/INDEX.HTML", "emby/web/index.html", "web//index.html" });
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, deflate, br, zstd")]
    public async Task Compression_does_not_hide_the_page(string accepted) {
        using var answer = await _client.Send(HttpMethod.Get, "web/index.html", with: request => request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted));

        Assert.Contains(Script, await Client.Text(answer));
    }

    [Fact]
    public async Task A_copy_cached_before_the_plugin_was_there_is_replaced() {
        await using var stock = await Server.Start(new Setup { Plugin = false });
        using var before = await stock.Client.Send(HttpMethod.Get, "web/index.html");
        foreach (var (header, value) in new[] { ("If-None-Match", before.Headers.ETag!.ToString()), ("If-Modified-Since", before.Content.Headers.LastModified!.Value.ToString("R")) }) {
            using var answer = await _client.Send(HttpMethod.Get, "web/index.html", with: request => request.Headers.TryAddWithoutValidation(header, value));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(Script, await Client.Text(answer));
        }
    }

    [Fact]
    public async Task The_pages_own_tag_is_answered_304() {
        using var first = await _client.Send(HttpMethod.Get, "web/index.html");
        using var second = await _client.Send(HttpMethod.Get, "web/index.html", with: request => request.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Null(first.Content.Headers.LastModified);
        Assert.Equal("no-cache", first.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Head_tells_what_get_would() {
        using var get = await _client.Send(HttpMethod.Get, "web/index.html");
        using var head = await _client.Send(HttpMethod.Head, "web/index.html");

        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_range_gets_the_whole_page() {
        using var answer = await _client.Send(HttpMethod.Get, "web/index.html", with: request => request.Headers.TryAddWithoutValidation("Range", "bytes=0-9"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(Script, await Client.Text(answer));
    }

    [Fact]
    public async Task Other_files_are_left_alone() {
        await File.WriteAllTextAsync(Path.Combine(fixture.Server.Folder, "web", "other.html"), Server.Index);
        using var answer = await _client.Send(HttpMethod.Get, "web/other.html");

        Assert.Equal(Server.Index, await Client.Text(answer));
        Assert.NotNull(answer.Content.Headers.LastModified);
    }

    [Fact]
    public async Task A_failing_engine_leaves_the_page_as_it_is() {
        await using var server = await Server.Start();
        await File.WriteAllTextAsync(Path.Combine(server.Data, "no-index"), string.Empty);
        using var answer = await server.Client.Send(HttpMethod.Get, "web/index.html");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Server.Index, await Client.Text(answer));
    }

    [Fact]
    public async Task Under_a_base_url_the_page_and_the_gate_are_there_too() {
        await using var server = await Server.Start(new Setup { BaseUrl = "/jf" });
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");
        Assert.Contains(Script, await Client.Text(page));

        using var challenged = await server.Client.Login("alice", device: "challenge");
        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
        using var echo = await server.Client.Send(HttpMethod.Get, "Jellyward/Echo");
        Assert.Contains("\"pathBase\":\"/jf\"", await Client.Text(echo));
        Assert.Contains("\"path\":\"/Jellyward/Echo\"", await Client.Text(echo));
    }
}
