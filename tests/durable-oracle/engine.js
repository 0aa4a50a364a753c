// The in-memory engine of @microsoft/durabletask-js behind one JSON object a line: what the Durable extension is on Azure.
// The workflow code under test answers with the same protobuf bytes that it gives the extension.
'use strict';

const readline = require('node:readline');
const { InMemoryOrchestrationBackend } = require('@microsoft/durabletask-js');
const pb = require('@microsoft/durabletask-js/dist/proto/orchestrator_service_pb');

const engine = new InMemoryOrchestrationBackend();

const text = (message, get) => (message[`has${get}`]() ? message[`get${get}`]().getValue() : null);

function next() {
  const instance = engine.getNextOrchestrationWorkItem();
  if (instance) {
    const request = new pb.OrchestratorRequest();
    request.setInstanceid(instance.instanceId);
    request.setPasteventsList(instance.history);
    request.setNeweventsList(instance.pendingEvents);
    return { orchestration: { id: instance.instanceId, token: instance.completionToken, request: Buffer.from(request.serializeBinary()).toString('base64') } };
  }
  const activity = engine.getNextActivityWorkItem();
  return activity ? { activity: { id: activity.instanceId, task: activity.taskId, name: activity.name, input: activity.input ?? null } } : {};
}

function complete({ id, token, response }) {
  const answer = pb.OrchestratorResponse.deserializeBinary(Buffer.from(response, 'base64'));
  engine.completeOrchestration(id, token, answer.getActionsList(), text(answer, 'Customstatus') ?? undefined);
  return {};
}

function get({ id }) {
  const instance = engine.getInstance(id);
  const failure = instance?.failureDetails?.getErrormessage() ?? null;
  return instance ? { status: instance.status, output: instance.output ?? null, custom: instance.customStatus ?? null, failure } : {};
}

const commands = {
  create: ({ id, name, input }) => { engine.createInstance(id, name, input ?? undefined); return {}; },
  raise: ({ id, name, input }) => { engine.raiseEvent(id, name, input ?? undefined); return {}; },
  suspend: ({ id }) => { engine.suspend(id); return {}; },
  resume: ({ id }) => { engine.resume(id); return {}; },
  terminate: ({ id, input }) => { engine.terminate(id, input); return {}; },
  activityDone: ({ id, task, result, error }) => { engine.completeActivity(id, task, result ?? undefined, error ? new Error(error) : undefined); return {}; },
  next, complete, get,
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = commands[command.op](command);
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}).on('close', () => process.exit(0));
