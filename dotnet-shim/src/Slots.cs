namespace Jellyfin.Plugin.Jellyward;

/// <summary>A few threads of our own for calls that wait on password checks: the pool that streams films is never the one that
/// waits. They are kept for the next call; a while without one, and they end. More than a short queue is turned away.</summary>
internal sealed class Slots(int restSeconds = 5) {
    /// <summary>When to come back, in seconds.</summary>
    public const string RetryAfter = "5";
    private const int AtOnce = 8;
    private const int Queue = 64;
    private readonly Queue<Task> _waiting = new();
    private int _threads, _idle;
    private bool _closed;

    /// <returns>Null when the queue is full, or closed. Whoever awaits it goes on elsewhere, so that the slot is free.</returns>
    public Task<T?> Run<T>(Func<T> work) where T : class {
        var call = new Task<T?>(work, TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting) {
            if (_closed || _waiting.Count - _idle >= Queue) { return Task.FromResult<T?>(null); }
            if (_waiting.Count >= _idle && _threads < AtOnce) {
                new Thread(Serve) { IsBackground = true, Name = "Jellyward" }.UnsafeStart();
                (_threads, _idle) = (_threads + 1, _idle + 1);
            }
            _waiting.Enqueue(call);
            Monitor.Pulse(_waiting);
        }
        return call;
    }

    /// <summary>Whoever waits is still served; then the threads end. One that stayed would keep the whole plugin loaded.</summary>
    public void Close() {
        lock (_waiting) { _closed = true; Monitor.PulseAll(_waiting); }
    }

    private void Serve() {
        lock (_waiting) {
            // Something may have come just as the rest was over.
            while (_waiting.Count > 0 || (!_closed && Monitor.Wait(_waiting, TimeSpan.FromSeconds(restSeconds))) || _waiting.Count > 0) {
                if (!_waiting.TryDequeue(out var call)) { continue; }
                _idle--;
                Monitor.Exit(_waiting);
                call.RunSynchronously(TaskScheduler.Default); // in its caller's context; never throws
                Monitor.Enter(_waiting);
                _idle++;
            }
            (_threads, _idle) = (_threads - 1, _idle - 1);
        }
        // The last one returns what was freed meanwhile, by whomever: glibc would keep it. Others have no such call, nor need it.
        try { if (_threads == 0) { malloc_trim(0); } } catch (TypeLoadException) { }
    }

    [DllImport("libc")] private static extern int malloc_trim(nuint kept);
}
