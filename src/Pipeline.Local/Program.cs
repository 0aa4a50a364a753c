return await Pipeline.Local.LocalCommand.RunAsync(args);
