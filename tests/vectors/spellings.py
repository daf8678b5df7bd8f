"""How a string may be spelled in canonical JSON of the `uptane` dialect, and what other programs' JSON
becomes in both dialects."""
import json

from canonical import canonical, uptane_canonical


def uptane_texts():
    """Strings that the reader of the dialect takes, and all others."""
    accept = {
        'quote and backslash': b'"\\"\\\\"', 'short escapes': b'"\\b\\f\\n\\r\\t"',
        'nul': b'"\\u0000"', 'before backspace': b'"\\u0007"', 'vertical tab': b'"\\u000b"',
        'last control': b'"\\u001f"', 'space and del': b'" \x7f"', 'solidus': b'"/"',
        'first beyond ascii': b'"\\u0080"', 'two bytes': b'"\\u00e4\\u07ff"',
        'three bytes': b'"\\u0800\\ud7ff\\ue000\\ufffe\\uffff"', 'bom inside': b'"\\ufeff"',
        'first pair': b'"\\ud800\\udc00"', 'last pair': b'"\\udbff\\udfff"',
        'two pairs': b'"\\ud83d\\ude00\\ud83d\\ude01"', 'text around': b'"abcdefgh\\nabcdefgh\\u00e4"',
        'backslash before u': b'"\\\\u000a"', 'eight plain': b'"abcdefgh"',
        'escape at eight': b'"abcdefg\\"abcdefgh"',
    }
    refuse = {
        'raw nul': b'"\x00"', 'raw line feed': b'"\n"', 'raw tab': b'"\t"', 'raw last control': b'"\x1f"',
        'raw control in eight': b'"abcd\x1fefghijkl"', 'raw control after eight': b'"abcdefghijk\x01"',
        'raw two bytes': '"ä"'.encode(), 'raw first beyond ascii': '"\u0080"'.encode(),
        'raw three bytes': '"\u20ac"'.encode(), 'raw four bytes': '"\U0001f600"'.encode(),
        'raw bom': '"\ufeff"'.encode(), 'not utf-8': b'"\xff"', 'surrogate in utf-8': b'"\xed\xa0\x80"',
        'solidus escaped': b'"\\/"', 'quote as unit': b'"\\u0022"', 'backslash as unit': b'"\\u005c"',
        'letter as unit': b'"\\u0041"', 'solidus as unit': b'"\\u002f"', 'del as unit': b'"\\u007f"',
        'space as unit': b'"\\u0020"', 'backspace as unit': b'"\\u0008"', 'tab as unit': b'"\\u0009"',
        'line feed as unit': b'"\\u000a"', 'form feed as unit': b'"\\u000c"',
        'return as unit': b'"\\u000d"', 'upper digit': b'"\\u001F"', 'upper digits': b'"\\u00E4"',
        'upper in pair': b'"\\ud83D\\ude00"', 'upper in low half': b'"\\ud83d\\uDE00"',
        'upper u': b'"\\U00e4"', 'high alone': b'"\\ud83d"', 'low alone': b'"\\ude00"',
        'halves turned': b'"\\ude00\\ud83d"', 'high before letter': b'"\\ud83dx"',
        'high before short': b'"\\ud83d\\n"', 'high before unit': b'"\\ud83d\\u0001"',
        'two highs': b'"\\ud83d\\ud83d\\ude00"',
        'two lows': b'"\\udc00\\udc00"', 'high then raw': b'"\\ud83d\xed\xb8\x80"',
        'three digits': b'"\\u0e4"', 'no digits': b'"\\u"', 'digits cut': b'"\\u00', 'pair cut': b'"\\ud83d\\u',
        'not a digit': b'"\\u00g4"', 'sign for digit': b'"\\u+0e4"', 'space for digit': b'"\\u 0e4"',
        'vertical tab short': b'"\\v"', 'bell short': b'"\\a"', 'nul short': b'"\\0"',
        'hexadecimal': b'"\\x1f"', 'quote single': b'"\\\'"', 'escape at end': b'"\\', 'escaped end': b'"\\"',
        'line feed after backslash': b'"\\\n"',
        'key with unit': b'{"\\u00e4":1}', 'key with short': b'{"a\\n":1}', 'key with quote': b'{"\\"":1}',
        'key with backslash': b'{"\\\\":1}', 'key with del': b'{"a\x7f":1}',
        'key not ascii': '{"ä":1}'.encode(),
    }
    for name, data in accept.items():
        yield f'{name}\taccept\t{data.hex()}\n'
    for name, data in refuse.items():
        yield f'{name}\trefuse\t{data.hex()}\n'


# What other programs write, by name.
READ = {
    'empty object': '{ }', 'empty array': '[\n]', 'words': '[true,\tfalse, null]',
    'integers': '[0, -1, 2147483648, 9007199254740991, -9007199254740991]',
    'order': '{"b":1,"a":2,"B":3,"_":4,"":5,"aa":6,"a!":7,"~":8," ":9}',
    'order by meaning': '{"\\u0062":1,"\\u0061":2}', 'order inside': '[{"b":[{"z":1,"y":2}],"a":{}}]',
    'white space': ' \t\r\n{ "a"\t:\r\n[ 1 , 2 ] }\n', 'solidus': '"\\/ /"',
    'quote and backslash': '"\\" \\u0022 \\\\ \\u005C"', 'short escapes': '"\\b\\f\\n\\r\\t"',
    'controls': json.dumps(''.join(map(chr, range(32)))), 'del': '"\x7f \\u007f \\u007F"',
    'latin': '"\u0080 \u00e4 \\u00e4 \\u00E4"', 'not composed': '"e\u0301 \u00e9"',
    'lines': '"\u2028\u2029\u0085"', 'directions': '"\u202e\u2066"', 'bom inside': '"\ufeff"',
    'no characters': '"\ufdd0\ufffe\uffff\U0001fffe\U0010ffff"', 'replacement': '"\ufffd"',
    'beyond the plane': '"\U0001f600 \\ud83d\\ude00 \\uD83D\\uDE00"',
    'around the surrogates': '"\ud7ff\ue000"', 'planes': '"\U00010000\U000fffff\U00100000"',
    'pem': json.dumps({'public': '-----BEGIN PUBLIC KEY-----\nMFkw/+==\n-----END PUBLIC KEY-----\n'},
                      indent=4),
    'deep': '[' * 32 + ']' * 32, 'plain': '"abcdefghijklmnopqrstuvwxyz"',
    'signed file': '{"signed": {"_type": "Root", "version": 1}, "signatures": []}',
}
# What is refused, with words of why.
REFUSED = {
    'nothing': ('', 'a value is expected'), 'two values': ('{}{}', 'bytes after the value'),
    'bom': ('\ufeff{}', 'a byte order mark'), 'twice': ('{"a":1,"a":2}', 'one stands twice'),
    'twice by meaning': ('{"a":1,"\\u0061":2}', 'one stands twice'),
    'name not ascii': ('{"\u00e4":1}', 'printable ASCII'), 'name escaped': ('{"\\ufb01":1}', 'printable ASCII'),
    'name with quote': ('{"\\"":1}', 'needs an escape'), 'name with del': ('{"\x7f":1}', 'printable ASCII'),
    'fraction': ('1.5', 'fraction or an exponent'), 'fraction of zero': ('1.0', 'fraction or an exponent'),
    'exponent': ('1e2', 'fraction or an exponent'), 'exponent upper': ('1E2', 'fraction or an exponent'),
    'negative zero': ('-0', '-0 instead of 0'), 'beyond': ('9007199254740992', 'beyond 2^53-1'),
    'beyond down': ('-9007199254740993', 'beyond 2^53-1'), 'leading zero': ('01', 'leading zero'),
    'high alone': ('"\\ud800"', 'half a surrogate pair'), 'low alone': ('"\\udc00"', 'half a surrogate pair'),
    'control': ('[ "\n" ]', 'control character'), 'escape': ('"\\x"', 'an escape that JSON does not have'),
    'depth': ('[' * 33 + ']' * 33, 'nested too deep'), 'comma at end': ('[1,]', 'a value is expected'),
    'comment': ('{} // x', 'bytes after the value'), 'not a number': ('NaN', 'a value is expected'),
}


def spellings():
    """name, text in hex, then for each dialect the canonical form in hex; or `refused` and words."""
    for name, text in READ.items():
        value = json.loads(text)
        yield f'{name}\t{text.encode().hex()}\t{canonical(value).hex()}\t{uptane_canonical(value).hex()}\n'
    for name, (text, words) in REFUSED.items():
        yield f'{name}\t{text.encode().hex()}\trefused\t{words}\n'
