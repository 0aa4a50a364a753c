using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Generation;

namespace Pipeline.Inference.Verification;

/// <summary>What verifying a model folder found.</summary>
/// <param name="Model">Folder name.</param>
/// <param name="Cases">Prompts compared.</param>
/// <param name="MaxDifference">Largest absolute logit difference to the references that decide (see <see cref="Tolerance"/>).</param>
/// <param name="Tolerance">Largest difference allowed.</param>
/// <param name="ArgMaxAgreement">Share of positions with the same arg max, near ties left out.</param>
/// <param name="GreedyEqual">Every stored continuation was generated token for token.</param>
/// <param name="Passed">Within tolerance, every arg max and every continuation equal.</param>
public sealed record VerificationReport(
    string Model, int Cases, double MaxDifference, double Tolerance, double ArgMaxAgreement, bool GreedyEqual, bool Passed);

/// <summary>Compares the native engine with a model's oracle.</summary>
public sealed class ModelVerifier(NativeEngine engine)
{
    /// <summary>Allowed where the oracle names no tolerance: a wrong mask, head or rotation moves logits by units.</summary>
    public const double DefaultTolerance = 1e-3;

    /// <summary>Runs all cases of up to <paramref name="longestCase"/> tokens.</summary>
    public VerificationReport Verify(ModelOracle oracle, int longestCase, CancellationToken cancellation)
    {
        OracleCase[] cases = [.. oracle.Cases.Where(c => c.Length <= longestCase)];
        double difference = 0;
        long same = 0, compared = 0;
        bool greedy = true;
        double tolerance = Math.Max(oracle.Tolerance ?? DefaultTolerance, cases.Max(Yardstick));
        foreach (OracleCase each in cases)
        {
            int[] prompt = each.Prompt();
            foreach ((int position, float[] logits) in LogitReader.Read(engine, prompt, p => Wanted(each, p), cancellation))
            {
                difference = Math.Max(difference, Difference(oracle, each, position, logits));
                if (each.ArgMax is { } argMax && position >= each.ArgMaxFrom && !(each.NearTies?.Contains(position) ?? false))
                {
                    compared++;
                    same += IsArgMax(logits, argMax[position - each.ArgMaxFrom], NearTie(each)) ? 1 : 0;
                }
            }

            if (each.Greedy is { } expected && prompt.Length + expected.Length <= engine.ContextTokens)
            {
                greedy &= Continue(prompt, expected.Length, cancellation).SequenceEqual(expected);
            }
        }

        double agreement = compared == 0 ? 1 : (double)same / compared;
        return new VerificationReport(
            engine.Folder.Name, cases.Length, difference, tolerance, agreement, greedy, difference <= tolerance && same == compared && greedy);
    }

    /// <summary>Greedy continuation of a prompt: its last token plays the question.</summary>
    private IReadOnlyList<int> Continue(int[] prompt, int count, CancellationToken cancellation)
    {
        using IDocumentSession session = engine.Read(prompt[..^1], new ReadOptions { ReserveTokens = count + 1 }, progress: null, cancellation);
        var options = new GenerationOptions { MaxTokens = count, StopTokens = [] };
        return session.Answer([new QuestionTokens(prompt[^1..])], options, observer: null, cancellation)[0].Tokens;
    }

    /// <summary>The expected token has the largest logit, or one so near to it that rounding decides.</summary>
    private static bool IsArgMax(float[] logits, int expected, double nearTie) => logits[Sampler.ArgMax(logits)] - logits[expected] <= nearTie;

    /// <summary>ONNX Runtime's own spread between its two attention paths: margins below it are near ties.</summary>
    private static double NearTie(OracleCase each) => each.Difference("flash_vs_noflash") is > DefaultTolerance and var spread ? 1.25 * spread : 0;

    private static bool Wanted(OracleCase each, int position)
        => each.Positions.Contains(position) || (each.ArgMax is not null && position >= each.ArgMaxFrom);

    private static double Difference(ModelOracle oracle, OracleCase each, int position, float[] logits)
    {
        int row = Array.IndexOf(each.Positions, position);
        if (row < 0)
        {
            return 0;
        }

        double largest = 0;
        foreach (double[][]? reference in new[] { each.Reference, each.OnnxRuntime })
        {
            for (int i = 0; reference is not null && i < oracle.VocabularyIndices.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs(reference[row][i] - logits[oracle.VocabularyIndices[i]]));
            }
        }

        return largest;
    }

    /// <summary>
    /// Where references differ from each other by more than the tolerance (8-bit activations round a 1e-6 change to another step),
    /// no exact engine can be nearer than that; a quarter is added, since ours is one more rounding of the same kind.
    /// </summary>
    private static double Yardstick(OracleCase each)
    {
        double known = Math.Max(each.Difference("flash_vs_noflash"), each.Difference("hf_vs_flash"));
        return known > DefaultTolerance ? 1.25 * known : 0;
    }
}
