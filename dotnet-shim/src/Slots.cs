namespace Jellyfin.Plugin.Jellyward;

/// <summary>
/// A few threads of our own for calls that wait on password checks: the pool that streams films is never the one that
/// waits. More than a short queue is turned away.
/// </summary>
internal sealed class Slots {
    /// <summary>When to come back, in seconds.</summary>
    public const string RetryAfter = "5";
    private const int AtOnce = 8;
    private const int Queue = 64;
    private readonly SemaphoreSlim _free = new(AtOnce);
    private int _inside;

    /// <returns>Null when the queue is full.</returns>
    public async Task<T?> Run<T>(Func<T> work) where T : class {
        if (Interlocked.Increment(ref _inside) > AtOnce + Queue) {
            Interlocked.Decrement(ref _inside);
            return null;
        }
        await _free.WaitAsync().ConfigureAwait(false);
        try {
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        } finally {
            _free.Release();
            Interlocked.Decrement(ref _inside);
        }
    }
}
