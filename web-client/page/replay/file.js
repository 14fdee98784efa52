// Reads the bytes of a recording, from a file or from this server.

/** The same as RECORD_FILE_BYTES_MAX in shared/src/limits.rs: no recording is larger. */
const BYTES_MAX = 512 * 1024 * 1024;

/** The recording could not be read. `message` is for people. */
export class Refusal extends Error {}

/** Reads a `File`, or the recording at an address. Calls `progress` with a text while it loads. Throws a `Refusal`. */
export async function bytesOf(source, progress) {
  if (source instanceof File) {
    sized(source.size);
    return new Uint8Array(await source.arrayBuffer());
  }
  let response;
  try {
    response = await fetch(source, { cache: 'no-store' });
  } catch {
    throw new Refusal(`${source} cannot be reached. Recordings come from the server that this page is from; drop others here as files.`);
  }
  if (!response.ok) throw new Refusal(`The server has no recording at ${source}: status ${response.status}.`);
  const whole = Number(response.headers.get('content-length')) || 0;
  sized(whole);
  const parts = [];
  let size = 0;
  try {
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      sized(size += value.length);
      progress(`Reading the recording: ${megabytes(size)}${whole ? ` of ${megabytes(whole)}` : ''} MB`);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('The connection broke while the recording was read. Reload the page to try again.');
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function sized(bytes) {
  if (bytes > BYTES_MAX) throw new Refusal(`The file has ${megabytes(bytes)} MB; a recording has at most ${megabytes(BYTES_MAX)}.`);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
