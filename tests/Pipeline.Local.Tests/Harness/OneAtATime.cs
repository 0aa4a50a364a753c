// Every end-to-end test starts a dozen processes; side by side they would only wait for one another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
