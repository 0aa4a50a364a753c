using System.Net;
using System.Net.Sockets;

namespace Pipeline.Local.Processes;

/// <summary>A TCP port of the loopback interface that nobody uses now.</summary>
internal static class FreePort
{
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
