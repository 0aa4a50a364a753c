# syntax=docker/dockerfile:1.7
# The worker, both roles. GPU chooses base and ONNX Runtime:
#   none        processors; tesseract for scanned pages (role extract, and analyze where there is no GPU)
#   t4, a100    CUDA 12 and cuDNN 9, as the package Microsoft.ML.OnnxRuntimeGenAI.Cuda wants them
#   docker build --build-arg GPU=none -t pipeline-worker .
# OCR_LANGUAGES: those of scanned pages, as tesseract names them (deu+eng, chi_sim).
ARG GPU=none
ARG OCR_LANGUAGES=eng

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG GPU
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props global.json .editorconfig BannedSymbols.txt ./
COPY src ./src
RUN set -eu; \
    case "$GPU" in none) accelerator=cpu ;; t4|a100) accelerator=cuda ;; *) echo "GPU is none, t4 or a100, not '$GPU'." >&2; exit 1 ;; esac; \
    dotnet publish src/Pipeline.Worker -c Release -r linux-x64 --self-contained -p:Accelerator=$accelerator -o /app; \
    dotnet publish src/Pipeline.Documents.Parsers -c Release -r linux-x64 --self-contained -o /app/parsers

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble AS runtime-none
ARG OCR_LANGUAGES
# Each language is a package: tesseract-ocr-chi-sim for chi_sim.
RUN apt-get update && apt-get install -y --no-install-recommends tesseract-ocr $(echo "$OCR_LANGUAGES" | tr '+_' ' -' | sed -E 's/[^ ]+/tesseract-ocr-&/g') && rm -rf /var/lib/apt/lists/*
ENV Worker__Roles=extract,analyze \
    Worker__OcrLanguages=${OCR_LANGUAGES}

FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS runtime-cuda
# libicu is not needed: the programs are culture-invariant.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libssl3t64 && rm -rf /var/lib/apt/lists/*
ENV Worker__Roles=analyze

FROM runtime-cuda AS runtime-t4
FROM runtime-cuda AS runtime-a100

FROM runtime-${GPU} AS worker
WORKDIR /app
COPY --from=build /app ./
# The default model is small; others come from the container "models", with the worker's identity, checked against their manifest.
COPY models/smollm2-135m-docqa ./models/smollm2-135m-docqa
RUN mkdir -p /scratch && chown 1654:1654 /scratch
ENV Worker__ModelsFolder=/app/models \
    Worker__CacheFolder=/scratch/kv \
    Worker__FetchedModelsFolder=/scratch/models \
    Worker__HealthPort=8080 \
    DOTNET_EnableDiagnostics=0
USER 1654
# No GPU is at hand while an image is built, so each engine that the image holds answers on the processor.
RUN ./Pipeline.Worker --self-test \
    && Worker__Roles=analyze Worker__Engine=ort ./Pipeline.Worker --self-test \
    && if [ -f libonnxruntime-genai.so ]; then Worker__Roles=analyze Worker__Engine=genai ./Pipeline.Worker --self-test; fi
EXPOSE 8080
ENTRYPOINT ["./Pipeline.Worker"]
