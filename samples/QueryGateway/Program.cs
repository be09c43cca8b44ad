using Microsoft.Extensions.Options;
using QueryGateway;

try
{
    await using var gateway = Gateway.Create(args);
    await gateway.StartAsync();
    Console.Out.Write(Greeting.Text(gateway));
    await gateway.WaitForShutdownAsync();
    return 0;
}
catch (Exception error) when (error is FormatException or IOException or OptionsValidationException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync($"QueryGateway cannot start: {error.Message}");
    return 1;
}
