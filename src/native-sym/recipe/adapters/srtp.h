// The part of libsrtp 3's interface that mediasoup's worker uses, over libsrtp 2.
//
// The worker is written against a libsrtp 3 pre-release: an opaque policy object, and protect and
// unprotect calls with separate input and output buffers. Debian has libsrtp 2: a plain policy struct,
// and everything in place. The functions below are C++ overloads of the C functions of the same name.
#pragma once

// Version 2 uses this name for its struct, version 3 for a pointer to something opaque.
#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <openssl/crypto.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

// Codes that version 2 does not have. Its enumeration ends at 27, and its range (five bits) holds these.
constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr srtp_err_status_t srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace plenum_srtp
{
	struct Policy
	{
		srtp2_policy_t inner{};
		// Version 2 reads key and salt as one string through a pointer, so it must live as long as the policy.
		uint8_t keyAndSalt[SRTP_MAX_KEY_LEN]{};
		size_t keyLength{ 0 };
		size_t saltLength{ 0 };

		~Policy()
		{
			OPENSSL_cleanse(this->keyAndSalt, sizeof(this->keyAndSalt));
		}
	};

	// The trailer of SRTCP has the 4 bytes of the index besides what SRTP has.
	constexpr size_t RtpTrailer  = SRTP_MAX_TRAILER_LEN;
	constexpr size_t RtcpTrailer = SRTP_MAX_TRAILER_LEN + 4;

	template<typename InPlace>
	inline srtp_err_status_t Transform(
	  InPlace inPlace, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t trailer)
	{
		if (in == nullptr || out == nullptr || outLength == nullptr)
		{
			return srtp_err_status_bad_param;
		}

		if (inLength > static_cast<size_t>(std::numeric_limits<int>::max()) - trailer)
		{
			return srtp_err_status_bad_param;
		}

		if (*outLength < inLength + trailer)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLength);
		}

		int length                     = static_cast<int>(inLength);
		const srtp_err_status_t status = inPlace(out, std::addressof(length));

		if (status == srtp_err_status_ok)
		{
			*outLength = static_cast<size_t>(length);
		}

		return status;
	}
} // namespace plenum_srtp

using srtp_policy_t = plenum_srtp::Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	if (policy == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	*policy = new (std::nothrow) plenum_srtp::Policy();

	return *policy == nullptr ? srtp_err_status_alloc_fail : srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->inner.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const srtp_err_status_t status =
	  srtp_crypto_policy_set_from_profile_for_rtp(std::addressof(policy->inner.rtp), profile);

	if (status != srtp_err_status_ok)
	{
		return status;
	}

	policy->keyLength  = srtp_profile_get_master_key_length(profile);
	policy->saltLength = srtp_profile_get_master_salt_length(profile);

	return srtp_crypto_policy_set_from_profile_for_rtcp(std::addressof(policy->inner.rtcp), profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLength,
  const uint8_t* salt,
  size_t saltLength,
  const uint8_t* mki,
  size_t mkiLength)
{
	// The lengths must be the profile's, because version 2 takes them from there and reads that many bytes.
	// Master key identifiers and a second key are never used by the worker.
	if (
	  key == nullptr || salt == nullptr || policy->keyLength == 0 || policy->inner.key != nullptr ||
	  keyLength != policy->keyLength || saltLength != policy->saltLength ||
	  keyLength + saltLength > sizeof(policy->keyAndSalt) || mki != nullptr || mkiLength != 0)
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->keyAndSalt, key, keyLength);
	std::memcpy(policy->keyAndSalt + keyLength, salt, saltLength);
	policy->inner.key = policy->keyAndSalt;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->inner.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t size)
{
	policy->inner.window_size = size;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	// Without this version 2 would read a key through a null pointer.
	if (policy == nullptr || policy->inner.key == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	return srtp_create(session, static_cast<const srtp2_policy_t*>(std::addressof(policy->inner)));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

// Protect: `outLength` holds the room in `out` before, and the packet's length after. No other index than 0
// exists because no master key identifier is ever added.

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mkiIndex*/)
{
	return plenum_srtp::Transform(
	  [session](uint8_t* data, int* length)
	  {
		  return srtp_protect(session, static_cast<void*>(data), length);
	  },
	  in,
	  inLength,
	  out,
	  outLength,
	  plenum_srtp::RtpTrailer);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mkiIndex*/)
{
	return plenum_srtp::Transform(
	  [session](uint8_t* data, int* length)
	  {
		  return srtp_protect_rtcp(session, static_cast<void*>(data), length);
	  },
	  in,
	  inLength,
	  out,
	  outLength,
	  plenum_srtp::RtcpTrailer);
}

// Unprotect: a packet only becomes shorter, so no room for a trailer is asked for.

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
{
	return plenum_srtp::Transform(
	  [session](uint8_t* data, int* length)
	  {
		  return srtp_unprotect(session, static_cast<void*>(data), length);
	  },
	  in,
	  inLength,
	  out,
	  outLength,
	  0);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
{
	return plenum_srtp::Transform(
	  [session](uint8_t* data, int* length)
	  {
		  return srtp_unprotect_rtcp(session, static_cast<void*>(data), length);
	  },
	  in,
	  inLength,
	  out,
	  outLength,
	  0);
}
