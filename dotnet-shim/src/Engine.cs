namespace Jellyfin.Plugin.Jellyward;

/// <summary>The engine refused a call; the message is its own.</summary>
internal sealed class EngineException(Status status, string message) : Exception($"{message} (status {(int)status})");

/// <summary>The engine's answer to a request: status and headers, and the body's bytes.</summary>
internal sealed record Answer(Head Head, byte[] Content) {
    public static readonly Answer Broken = new(new Head(StatusCodes.Status500InternalServerError, [], false), []);
}

/// <summary>The native engine, open. Every call blocks its thread; callbacks come back on that thread.</summary>
internal sealed unsafe class Engine {
    private readonly HostCalls _calls;
    private GCHandle _context;
    private ulong _handle;
    private Engine(HostCalls calls) => (_calls, _context) = (calls, GCHandle.Alloc(calls));
    private delegate Status Call(View first, View second, Buffer* one, Buffer* two);

    public static Engine Open(byte[] options, HostCalls calls) {
        var engine = new Engine(calls);
        try {
            engine.Ask(options, [], (first, _, _, _) => {
                var table = HostCalls.Table((void*)GCHandle.ToIntPtr(engine._context));
                fixed (ulong* handle = &engine._handle) {
                    return Lib.jw_engine_open(first, &table, handle);
                }
            });
            return engine;
        } catch {
            engine.TryClose();
            throw;
        }
    }

    /// <returns>False: calls are still inside, and nothing was freed.</returns>
    public bool TryClose() {
        var closed = Lib.jw_engine_close(_handle) is Status.Ok or Status.Closed;
        if (closed) { _context.Free(); }
        return closed;
    }

    /// <summary>Decides one attempt. The password's bytes are wiped.</summary>
    public Verdict Login(byte[] attempt, byte[] password, HostCall call) => OrElse(Verdict.Stock, password, () =>
        Document.Read<Verdict>(Ask(attempt, password, (first, second, one, _) => Lib.jw_engine_login(_handle, first, second, one), call).One));

    /// <summary>Answers one request. The body's bytes are wiped.</summary>
    public Answer Http(byte[] request, byte[] body, HostCall call) => OrElse(Answer.Broken, body, () => {
        var (head, content) = Ask(request, body, (first, second, one, two) => Lib.jw_engine_http(_handle, first, second, one, two), call);
        return new(Document.Read<Head>(head), content);
    });

    /// <summary>May this call of Jellyfin's own run?</summary>
    public Passage Action(byte[] action) => OrElse(Passage.Shut, [], () =>
        Document.Read<Passage>(Ask(action, [], (first, _, one, _) => Lib.jw_engine_action(_handle, first, one)).One));

    public Ownership Owns(string path) =>
        Document.Read<Ownership>(Ask(Encoding.UTF8.GetBytes(path), [], (first, _, one, _) => Lib.jw_engine_owns(_handle, first, one)).One);

    public byte[] Index(byte[] html) => Ask(html, [], (first, _, one, _) => Lib.jw_engine_index(_handle, first, one)).One;
    public void Event(byte[] happened) => Ask(happened, [], (first, _, _, _) => Lib.jw_engine_event(_handle, first));

    /// <summary>A panic, a full disk, an engine just closing: this one call is refused.</summary>
    private T OrElse<T>(T refused, byte[] secret, Func<T> ask) {
        try { return ask(); } catch (EngineException e) {
            _calls.Log(2, e.Message);
            return refused;
        } finally {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private (byte[] One, byte[] Two) Ask(byte[] first, byte[] second, Call call, HostCall? context = null) {
        var outer = HostCall.Current;
        Buffer one = default, two = default, said = default;
        try {
            HostCall.Current = context ?? outer;
            fixed (byte* a = first, b = second) {
                var status = call(new View { ptr = a, len = (nuint)first.Length }, new View { ptr = b, len = (nuint)second.Length }, &one, &two);
                return status == Status.Ok ? (Copy(one), Copy(two))
                    : throw new EngineException(status, Lib.jw_last_error(&said) == Status.Ok ? Encoding.UTF8.GetString(Copy(said)) : string.Empty);
            }
        } finally {
            HostCall.Current = outer;
            Lib.jw_buffer_free(&one);
            Lib.jw_buffer_free(&two);
            Lib.jw_buffer_free(&said);
        }
    }

    private static byte[] Copy(Buffer buffer) => new ReadOnlySpan<byte>(buffer.ptr, (int)buffer.len).ToArray();
}
