import assert from 'node:assert/strict';
import test from 'node:test';
import { isLoopback } from '../../src/contract/loopback.ts';
import { namesLoopback } from '../../src/server/hosts.ts';

test('loopback is this machine only', () => {
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '127.255.0.255', '::1', '[::1]'])
    assert.ok(isLoopback(host), host);
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.256',
    '127.1',
    '[localhost',
    'localhost.example.test',
    '127.0.0.1.example.test',
    '',
  ])
    assert.ok(!isLoopback(host), host);
});

test('a Host header names loopback with or without a port, and names below localhost count', () => {
  for (const header of ['localhost:8080', '127.0.0.1', '[::1]:8080', 'api.localhost:8080'])
    assert.ok(namesLoopback(header), header);
  for (const header of [
    undefined,
    '',
    'example.test:8080',
    'localhost.example.test',
    '127.0.0.1.example.test',
    '[::1',
  ])
    assert.ok(!namesLoopback(header), String(header));
});
