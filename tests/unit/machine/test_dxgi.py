"""The walk through COM's tables, on tables made here; the real ones are Windows' own."""

import ctypes
import sys

import pytest
from phi_sidecar.machine import dxgi

FUNCTION = ctypes.WINFUNCTYPE if sys.platform == "win32" else ctypes.CFUNCTYPE
POINTER = ctypes.c_void_p
NOT_FOUND = -2005270526  # DXGI_ERROR_NOT_FOUND, 0x887A0002
ADAPTER_1 = bytes.fromhex("618f03293938264691fd086879011a05")
HIGH_PERFORMANCE = 2
SOFTWARE = 2


class Interface:
    """An object as COM makes it: a pointer to a table of functions."""

    def __init__(self, size, functions):
        self.released = 0
        self._kept = {**functions, 2: FUNCTION(ctypes.c_long, POINTER)(self._release)}
        self._table = (POINTER * size)()
        for place, function in self._kept.items():
            self._table[place] = ctypes.cast(function, POINTER)
        self._object = ctypes.pointer(self._table)
        self.address = ctypes.addressof(self._object)

    def _release(self, this):
        self.released += 1
        return 0


def adapter(name, vendor_id, flags=0, luid=(0, 1), own=0, result=0):
    def describe(this, told):
        described = told.contents
        units = [*name.encode("utf-16-le"), 0, 0]
        ctypes.memmove(described.description, bytes(units), len(units))
        described.vendor_id, described.device_id = vendor_id, 0x7D55
        described.luid_high, described.luid_low = luid
        described.dedicated_video_memory = own
        described.shared_system_memory = 8 << 30
        described.flags = flags
        return result

    kind = FUNCTION(ctypes.c_long, POINTER, ctypes.POINTER(dxgi.Description))
    return Interface(11, {10: kind(describe)})


def factory(*adapters):
    def enumerate_adapter(this, place, preference, wanted, answer):
        assert preference == HIGH_PERFORMANCE
        assert ctypes.string_at(wanted, 16) == ADAPTER_1
        if place >= len(adapters):
            return NOT_FOUND
        answer[0] = adapters[place].address
        return 0

    kind = FUNCTION(
        ctypes.c_long, POINTER, ctypes.c_uint, ctypes.c_int, POINTER, ctypes.POINTER(POINTER)
    )
    return Interface(30, {29: kind(enumerate_adapter)})


def listed(*adapters):
    # It has to live as long as it is asked.
    made = factory(*adapters)
    return dxgi.listed(ctypes.c_void_p(made.address))


def test_each_adapter_is_described_in_the_system_s_order():
    fast = adapter("NVIDIA GeForce RTX 2070", 0x10DE, luid=(1, 0xD5A3), own=8031 << 20)
    slow = adapter("Intel(R) Arc(TM) Graphics", 0x8086, own=128 << 20)
    first, second = listed(fast, slow)
    assert (first.index, first.name, first.vendor_id) == (0, "NVIDIA GeForce RTX 2070", 0x10DE)
    assert (first.dedicated_bytes, first.shared_bytes) == (8031 << 20, 8 << 30)
    assert first.luid == 0x1_0000_D5A3
    assert (second.index, second.name) == (1, "Intel(R) Arc(TM) Graphics")


def test_programs_are_left_out_wherever_they_stand():
    warp = adapter("Microsoft Basic Render Driver", 0x1414, flags=SOFTWARE)
    unmarked = adapter("Microsoft Basic Render Driver", 0x1414)
    real = adapter("Intel(R) Arc(TM) Graphics", 0x8086)
    assert [(one.index, one.vendor_id) for one in listed(warp, real, unmarked)] == [(0, 0x8086)]


def test_one_that_cannot_be_described_leaves_the_others_alone():
    lost = adapter("", 0, result=-1)
    real = adapter("Intel(R) Arc(TM) Graphics", 0x8086)
    assert [one.index for one in listed(lost, real)] == [0]


def test_every_adapter_is_given_back():
    adapters = [adapter("A", 0x8086), adapter("B", 0x1414), adapter("C", 0x8086, result=-1)]
    listed(*adapters)
    assert [one.released for one in adapters] == [1, 1, 1]


def test_the_description_is_as_large_as_windows_says():
    assert ctypes.sizeof(dxgi.Description) == (312 if ctypes.sizeof(POINTER) == 8 else 296)


@pytest.mark.skipif(sys.platform == "win32", reason="there it answers")
def test_elsewhere_there_is_no_directx_to_ask():
    assert dxgi.adapters() is None
