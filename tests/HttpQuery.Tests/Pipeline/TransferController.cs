using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Pipeline;

/// <summary>An action that names no method, under MVC's antiforgery filter. Not public, so that only hosts that ask for it have it.</summary>
[AutoValidateAntiforgeryToken]
internal sealed class TransferController : Controller
{
    public string Send([FromForm] int amount) => $"sent {amount} by {Request.Method}";
}
