"""Reads the cross-decode files with the zlib of Python: the same check by a library that is none of ours.

python-zlib.py DIR PLAIN: PLAIN holds one JSON line for each file: its name, the window, takeover, and the SHA-256 of each message.
"""

import hashlib
import json
import struct
import sys
import zlib

passed = failed = 0
folder, plain = sys.argv[1:]
for line in open(plain, encoding="utf-8"):
    name, window_bits, takeover, digests = json.loads(line)
    data = open(f"{folder}/{name}", "rb").read()
    inflater = zlib.decompressobj(wbits=-window_bits)
    at = 0
    for digest in digests:
        (length,) = struct.unpack_from("<I", data, at)
        message = data[at + 4 : at + 4 + length] + b"\x00\x00\xff\xff"
        at += 4 + length
        found = hashlib.sha256()
        try:
            # Little at a time: within the output of one call an inflater sees past its window.
            step = 256 if length <= 65_000 else 0
            rest = message
            while True:
                output = inflater.decompress(rest, step)
                found.update(output)
                rest = inflater.unconsumed_tail
                if not rest and (step == 0 or len(output) < step):
                    break
            good = found.hexdigest() == digest
        except zlib.error as error:
            print(f"{name}: {error}")
            good = False
        passed, failed = (passed + 1, failed) if good else (passed, failed + 1)
        if not takeover:
            inflater = zlib.decompressobj(wbits=-window_bits)
print(f"{passed} passed, {failed} failed")
