import assert from 'node:assert/strict';
import test from 'node:test';
import { exposureOf } from '../../src/server/serve.ts';

const everywhere = { host: '0.0.0.0', port: 8443 };
const tls = { certificate: 'chain.pem', key: 'key.pem' };

test('a server that others can reach without TLS is warned about, with the remedy', () => {
  assert.match(exposureOf({ listen: everywhere, publicUrl: null, tls: null }) ?? '', /--tls-cert/);
  assert.match(
    exposureOf({ listen: everywhere, publicUrl: 'http://cordon.test', tls: null }) ?? '',
    /in the clear/,
  );
  assert.match(exposureOf({ listen: everywhere, publicUrl: null, tls }) ?? '', /--public-url/);
});

test('nothing is said of loopback, of TLS under a name, and of a proxy that ends TLS', () => {
  assert.equal(exposureOf({ listen: { host: '127.0.0.1', port: 8080 }, publicUrl: null, tls: null }), null);
  assert.equal(exposureOf({ listen: everywhere, publicUrl: 'https://cordon.test', tls }), null);
  assert.equal(exposureOf({ listen: everywhere, publicUrl: 'https://cordon.test', tls: null }), null);
});
