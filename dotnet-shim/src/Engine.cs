using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Jellyward.Native;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>The native engine, open. Every call blocks its thread; callbacks come back on that thread.</summary>
internal sealed unsafe class Engine
{
    private readonly ulong _handle;
    private readonly GCHandle _host;
    private readonly Host* _table;

    private Engine(ulong handle, GCHandle host, Host* table)
    {
        _handle = handle;
        _host = host;
        _table = table;
    }

    private delegate Status Call(View first, View second, Buffer* one, Buffer* two);

    public static Engine Open(byte[] options, HostCalls calls)
    {
        var host = GCHandle.Alloc(calls);
        var table = HostCalls.Table(GCHandle.ToIntPtr(host));
        ulong handle = 0;
        try
        {
            fixed (byte* bytes = options)
            {
                Check(Lib.jw_engine_open(Over(bytes, options), table, &handle));
            }

            return new Engine(handle, host, table);
        }
        catch
        {
            NativeMemory.Free(table);
            host.Free();
            throw;
        }
    }

    /// <returns>What stood in the way; then nothing is freed, because calls may still be under way.</returns>
    public string? Close()
    {
        try
        {
            Check(Lib.jw_engine_close(_handle));
        }
        catch (EngineException e)
        {
            return e.Message;
        }

        NativeMemory.Free(_table);
        _host.Free();
        return null;
    }

    /// <summary>Decides one attempt. The password's bytes are wiped.</summary>
    public Verdict Login(byte[] attempt, byte[] password, HostCall call)
    {
        try
        {
            return Document.Read<Verdict>(Ask(attempt, password, (first, second, one, _) => Lib.jw_engine_login(_handle, first, second, one), call).One);
        }
        catch (EngineException e)
        {
            // A panic, a full disk, an engine just closing: this one attempt is refused.
            HostCalls.Log(_host.Target, 2, e.Message);
            return Verdict.Stock;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    public Ownership Owns(string path) =>
        Document.Read<Ownership>(Ask(Encoding.UTF8.GetBytes(path), [], (first, _, one, _) => Lib.jw_engine_owns(_handle, first, one)).One);

    public (Head Head, byte[] Content) Http(byte[] request, byte[] body, HostCall call)
    {
        try
        {
            var (head, content) = Ask(request, body, (first, second, one, two) => Lib.jw_engine_http(_handle, first, second, one, two), call);
            return (Document.Read<Head>(head), content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    public byte[] Index(byte[] html) => Ask(html, [], (first, _, one, _) => Lib.jw_engine_index(_handle, first, one)).One;

    public void Event(byte[] happened) => Ask(happened, [], (first, _, _, _) => Lib.jw_engine_event(_handle, first));

    private static (byte[] One, byte[] Two) Ask(byte[] first, byte[] second, Call call, HostCall? context = null)
    {
        var outer = HostCall.Current;
        Buffer one = default, two = default;
        try
        {
            HostCall.Current = context ?? outer;
            fixed (byte* a = first, b = second)
            {
                Check(call(Over(a, first), Over(b, second), &one, &two));
            }

            return (Copy(one), Copy(two));
        }
        finally
        {
            HostCall.Current = outer;
            Lib.jw_buffer_free(&one);
            Lib.jw_buffer_free(&two);
        }
    }

    private static void Check(Status status)
    {
        if (status != 0)
        {
            Buffer line = default;
            var said = Lib.jw_last_error(&line) == 0 ? Encoding.UTF8.GetString(Copy(line)) : string.Empty;
            Lib.jw_buffer_free(&line);
            throw new EngineException($"{said} (status {(int)status})");
        }
    }

    private static View Over(byte* bytes, byte[] of) => new() { ptr = bytes, len = (nuint)of.Length };

    private static byte[] Copy(Buffer buffer) => new Span<byte>(buffer.ptr, (int)buffer.len).ToArray();
}

/// <summary>The engine refused a call; the message is its own.</summary>
internal sealed class EngineException(string message) : Exception(message);
