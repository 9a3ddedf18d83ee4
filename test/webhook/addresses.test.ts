import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { addressPolicy, isPublic } from '../../src/webhook/addresses.ts';

const refusal = (text: string, ...allowances: Parameters<typeof addressPolicy>[0]) =>
  addressPolicy(allowances).refusal(new URL(text));

test('only addresses of the public network are called by themselves', () => {
  for (const open of [
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '192.167.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
  ]) {
    assert.equal(isPublic(open), true, open);
  }
  const closed = [
    ['127.0.0.1', '127.8.9.1', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['169.254.169.254', '100.100.100.200', '192.0.0.192', '224.0.0.1', '255.255.255.255', '198.18.0.1'],
    [
      '::',
      '::1',
      '::ffff:10.0.0.1',
      '::ffff:8.8.8.8',
      '64:ff9b::a00:1',
      'fe80::1',
      'fc00::1',
      'fd00:ec2::254',
    ],
    ['ff02::1', '2002:a00:1::1', '2001::1', '2001:db8::1', '3fff::1', 'fec0::1'],
  ].flat();
  for (const address of closed) assert.equal(isPublic(address), false, address);
});

test('no address of a private network is public, whatever its other bits', () => {
  const byte = fc.nat({ max: 255 });
  fc.assert(
    fc.property(fc.constantFrom('10', '127', '0', '240'), byte, byte, byte, (first, ...rest) => {
      const address = [first, ...rest].join('.');
      assert.ok(isIPv4(address));
      assert.equal(isPublic(address), false);
    }),
  );
});

test('an address of a webhook is https, without credentials and fragment', () => {
  assert.equal(refusal('https://soar.example.org/hooks?tenant=1'), null);
  assert.match(refusal('ftp://soar.example.org/') ?? '', /https/);
  assert.match(refusal('https://ana:secret@soar.example.org/') ?? '', /user name and password/);
  assert.match(refusal('https://soar.example.org/#x') ?? '', /fragment/);
  assert.match(refusal('http://soar.example.org/') ?? '', /--webhook-allow http:\/\/soar\.example\.org/);
});

test('an address that is not public is refused with the option that permits it, however it is written', () => {
  for (const host of ['10.1.2.3', '0x0a.1.2.3', '167838211', '012.1.2.3']) {
    assert.match(refusal(`https://${host}/`) ?? '', /--webhook-allow 10\.1\.2\.3/, host);
  }
  assert.match(refusal('https://[::ffff:10.0.0.1]/') ?? '', /not of the public network/);
  assert.match(refusal('http://127.0.0.1:9000/') ?? '', /--webhook-allow 127\.0\.0\.1/);
  assert.match(refusal('https://169.254.169.254/latest') ?? '', /not of the public network/);
});

test('the operator permits ranges, single addresses and hosts', () => {
  const range = { kind: 'range', address: '10.0.0.0', prefix: 8 } as const;
  assert.equal(refusal('https://10.1.2.3/', range), null);
  assert.notEqual(refusal('https://192.168.0.1/', range), null);
  const policy = addressPolicy([range, { kind: 'host', host: 'inside.test', plain: false }]);
  assert.equal(policy.permits('inside.test', '192.168.1.1'), true);
  assert.equal(policy.permits('other.test', '192.168.1.1'), false);
  assert.equal(policy.permits('other.test', '10.9.9.9'), true);
  assert.notEqual(policy.refusal(new URL('http://inside.test/')), null);
  const plain = { kind: 'host', host: 'plain.test', plain: true } as const;
  assert.equal(refusal('http://plain.test/', plain), null);
});
