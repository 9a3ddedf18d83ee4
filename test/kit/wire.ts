import { connect, type Socket } from 'node:net';
import { checkDescribed } from './described.ts';
import type { Reply } from './reply.ts';

/** Opens a bare connection, for what no HTTP client would send. */
export async function openConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => socket.destroy());
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Sends bytes as they are and reads the answer until the server closes, or `Content-Length` is reached. */
export async function sendRaw(url: string, ...chunks: readonly (string | Buffer)[]): Promise<Reply> {
  const socket = await openConnection(url);
  try {
    for (const chunk of chunks) socket.write(chunk);
    const reply = parseReply(await answerOf(socket));
    const line = /^([A-Z]+) (\/\S*) HTTP\/1\.1\r\n/.exec(String(chunks[0] ?? ''));
    if (line !== null && reply.headers.has('odata-version'))
      await checkDescribed({ method: line[1]!, target: line[2]!, ...reply });
    return reply;
  } finally {
    socket.destroy();
  }
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const { head, body } = split(text);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (length !== undefined && Buffer.byteLength(body) >= Number(length)) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });
}

function split(text: string): { head: string; body: string } {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? { head: '', body: '' } : { head: text.slice(0, end), body: text.slice(end + 4) };
}

function parseReply(answer: string): Reply {
  const { head, body } = split(answer);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers();
  for (const line of lines)
    headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1));
  return {
    status: Number(first.split(' ')[1]),
    headers,
    text: body,
    json: <T>() => JSON.parse(body) as T,
  };
}

/** A request as text: the request line and headers, with the host. */
export function request(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const named = Object.entries({ host: 'cordon.test', connection: 'close', ...headers });
  return `${line} HTTP/1.1\r\n${named.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
